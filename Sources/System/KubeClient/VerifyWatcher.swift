package import ClusterState
internal import Platform

/// Lists the objects for `verify` in a live cluster, and watches them from there unless they are read once.
package final class VerifyWatcher {
  private let client: KubeClient
  private let origin: String
  private let watches: [Box]
  private let listsOnly: Bool
  private var cluster = VerifySnapshot()

  /// The watch of one part, by reference.
  private final class Box {
    var watch: PartReflector

    init(_ part: VerifySnapshot.Part) {
      watch = PartReflector(part, seed: .random(in: 0 ... .max))
    }
  }

  /// - Parameter listsOnly: Whether nothing is watched, for a caller that needs one snapshot.
  package init(_ access: ClusterAccess, listsOnly: Bool = false) {
    self.listsOnly = listsOnly
    client = KubeClient(access)
    origin = access.origin
    watches = VerifySnapshot.parts.map(Box.init)
  }

  /// Returns the cluster as it is known now; the first call waits until everything is listed.
  ///
  /// - Throws: The error of a part that is not followed at the moment; another call may succeed.
  package func snapshot(timeout: Duration = .seconds(60)) throws(KubeError) -> VerifySnapshot {
    let end = MonotonicInstant.now + timeout
    while run(atMost: .zero), .now < end {}
    while watches.contains(where: { !$0.watch.isListed }) {
      try throwFailure()
      guard MonotonicInstant.now < end else {
        throw KubeError("\(origin): the cluster was not listed within \(timeout)")
      }
      _ = run(atMost: end - .now)
    }
    try throwFailure()
    guard cluster.hasNodes else { throw KubeError("\(origin): the server has no nodes; is the path of its URL right?") }
    // What is computed is kept for the next call.
    _ = (cluster.facts, cluster.extraFacts)
    return cluster
  }

  private func throwFailure() throws(KubeError) {
    if let error = watches.lazy.compactMap(\.watch.error).first { throw KubeError("\(origin): \(error)") }
  }

  /// Starts due requests and receives the next events. Returns whether there was any of both.
  private func run(atMost limit: Duration) -> Bool {
    // Between two calls nothing is received: what has arrived counts before a deadline.
    var isActive = receive(atMost: .zero)
    var nextWakeup = Duration.seconds(Int64.max / 2)
    for index in watches.indices {
      let action = watches[index].watch.tick(.monotonicNow)
      if perform(action, for: index) { isActive = true }
      nextWakeup = min(nextWakeup, watches[index].watch.nextWakeup)
    }
    return receive(atMost: isActive ? .zero : max(.zero, min(limit, nextWakeup - .monotonicNow))) || isActive
  }

  /// Receives events. Returns whether there was one.
  private func receive(atMost limit: Duration) -> Bool {
    var actions: [(Int, PartReflector.Action)] = []
    var hasEvents = false
    client.wait(atMost: limit) { requestID, event in
      hasEvents = true
      let now = Duration.monotonicNow
      let watch = watches[requestID]
      switch event {
      case .responded(let code): watch.watch.responded(code, now)
      case .received(let bytes): actions.append((requestID, watch.watch.received(bytes, now, into: &cluster)))
      case .ended: actions.append((requestID, watch.watch.ended(now, into: &cluster)))
      case .failed(let reason): watch.watch.failed(reason, now)
      }
    }
    for (index, action) in actions { _ = perform(action, for: index) }
    return hasEvents
  }

  /// Returns whether a request has begun or ended.
  private func perform(_ action: PartReflector.Action, for index: Int) -> Bool {
    switch action {
    case .wait: return false
    case .cancelAndDropConnection: client.cancelAndDropConnection(index)
    case .request(let request):
      if listsOnly, watches[index].watch.isListed { return false }
      do throws(KubeError) {
        try client.begin(request, for: index)
      } catch {
        watches[index].watch.failed(error.description, .monotonicNow)
      }
    }
    return true
  }
}
