internal import ClusterState
internal import KubeClient

extension SharedClusterCache {
  /// The part of `/readyz` that tells of each kind: its standing, and how long ago something was heard of it.
  var readiness: String {
    kinds.map { kind, status, age in
      var line = "\(kind.resource.name): \(status.state.word)"
      if let age { line += " (last contact \(age.components.seconds)s ago)" }
      if let lastError = status.lastError { line += ", \(lastError)" }
      return line + "\n"
    }.joined()
  }

  /// The part of `/metrics` that tells of each kind.
  func write(to page: inout Exposition) {
    let kinds = self.kinds
    page.begin("watch_state", .gauge, "How well a kind is known; the value is always 1.")
    for (kind, status, _) in kinds { page.add(1, ["resource": kind.resource.name, "state": status.state.word]) }
    page.begin("watch_age_seconds", .gauge, "Time since the API server last said something about a kind.")
    for (kind, _, age) in kinds where age != nil { page.add(age?.seconds ?? 0, ["resource": kind.resource.name]) }
    page.begin("watch_lists_total", .counter, "Times a kind was listed whole.")
    for (kind, status, _) in kinds { page.add(status.lists, ["resource": kind.resource.name]) }
    page.begin("watch_events_total", .counter, "Changes of objects that the API server told of.")
    for (kind, status, _) in kinds { page.add(status.events, ["resource": kind.resource.name]) }
    page.begin("watch_failures_total", .counter, "Requests that failed or broke off.")
    for (kind, status, _) in kinds { page.add(status.failures, ["resource": kind.resource.name]) }
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
