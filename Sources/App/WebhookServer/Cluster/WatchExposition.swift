internal import ClusterState
internal import KubeClient
internal import WebhookCore

extension SharedClusterCache {
  /// The lines of `/readyz` about each kind: its sync state and the time since the last contact.
  var readiness: String {
    kinds.map { kind, status, age in
      var line = "\(kind.resource.name): \(status.state.word)"
      if let age { line += " (last contact \(age.components.seconds)s ago)" }
      if let lastError = status.lastError { line += ", \(lastError)" }
      return line + "\n"
    }.joined()
  }

  /// Writes the metrics of each kind.
  func write(to page: inout Exposition) {
    let kinds = self.kinds
    page.begin("watch_status", .gauge, "Sync state of each watched resource; the value is always 1.")
    for (kind, status, _) in kinds { page.add(1, ["resource": kind.resource.name, "state": status.state.word]) }
    page.begin(
      "watch_last_contact_age_seconds", .gauge,
      "Time since the API server last proved that the data of a resource are current.")
    for (kind, _, age) in kinds where age != nil { page.add(age?.seconds ?? 0, ["resource": kind.resource.name]) }
    page.begin(
      "watch_max_staleness_seconds", .gauge,
      "Limit of the time since the last contact (--max-staleness); beyond it reviews are unavailable.")
    page.add(staleness.seconds)
    page.begin("watch_lists_total", .counter, "Complete lists of a resource.")
    for (kind, status, _) in kinds { page.add(status.lists, ["resource": kind.resource.name]) }
    page.begin("watch_events_total", .counter, "Watch events of a resource, without bookmarks.")
    for (kind, status, _) in kinds { page.add(status.events, ["resource": kind.resource.name]) }
    page.begin("watch_failures_total", .counter, "Lists, watches and discovery requests that failed.")
    for (kind, status, _) in kinds { page.add(status.failures, ["resource": kind.resource.name]) }
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
