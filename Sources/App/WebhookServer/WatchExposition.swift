internal import ClusterState
internal import KubeClient

extension SharedCluster {
  /// The part of `/readyz` that tells of each kind: its standing, and how long ago something was heard of it.
  var readiness: String {
    kinds.map { kind, status, age in
      var line = "\(kind.resource.name): \(status.standing.word)"
      if let age { line += ", heard \(age.components.seconds) s ago" }
      if let trouble = status.trouble { line += ", \(trouble)" }
      return line + "\n"
    }.joined()
  }

  /// The part of `/metrics` that tells of each kind, in the text format of Prometheus.
  var exposition: String {
    let kinds = self.kinds
    func samples(_ metric: String, _ value: (KindStatus, Duration?) -> String?) -> String {
      kinds.compactMap { kind, status, age in
        value(status, age).map { "storage_network_webhook_watch_\(metric){resource=\"\(kind.resource.name)\"} \($0)\n" }
      }.joined()
    }
    let standings = kinds.map { kind, status, _ in
      "storage_network_webhook_watch_state{resource=\"\(kind.resource.name)\",state=\"\(status.standing.word)\"} 1\n"
    }
    return """
      # HELP storage_network_webhook_watch_state How well a kind is known.
      # TYPE storage_network_webhook_watch_state gauge
      \(standings.joined())\
      # HELP storage_network_webhook_watch_age_seconds Time since the API server last said something about a kind.
      # TYPE storage_network_webhook_watch_age_seconds gauge
      \(samples("age_seconds") { $1.map(\.seconds) })\
      # HELP storage_network_webhook_watch_lists_total Times a kind was listed whole.
      # TYPE storage_network_webhook_watch_lists_total counter
      \(samples("lists_total") { status, _ in String(status.lists) })\
      # HELP storage_network_webhook_watch_events_total Changes of objects that the API server told of.
      # TYPE storage_network_webhook_watch_events_total counter
      \(samples("events_total") { status, _ in String(status.events) })\
      # HELP storage_network_webhook_watch_failures_total Requests that failed or broke off.
      # TYPE storage_network_webhook_watch_failures_total counter
      \(samples("failures_total") { status, _ in String(status.failures) })
      """
  }
}

extension Duration {
  /// With milliseconds, such as `12.345`.
  fileprivate var seconds: String {
    let milliseconds = String(components.attoseconds / 1_000_000_000_000_000)
    return "\(components.seconds).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)"
  }
}
