package import ClusterState
internal import Platform

/// Lists the objects for `verify` in a live cluster once, and then watches them over one connection.
package final class VerifyWatcher {
  private let client: KubeClient
  private let origin: String
  private let watches: [Box]
  private var cluster = VerifySnapshot()

  /// The watch of one part, by reference.
  private final class Box {
    var watch: PartWatch

    init(_ part: VerifySnapshot.Part) {
      watch = PartWatch(part)
    }
  }

  package init(_ access: ClusterAccess) {
    client = KubeClient(access)
    origin = access.origin
    watches = VerifySnapshot.parts.map(Box.init)
  }

  /// Returns the cluster as it is known now; the first call waits until everything is listed.
  ///
  /// - Throws: Why a part is not followed at the moment; another call may succeed.
  package func snapshot(timeout: Duration = .seconds(60)) throws(KubeError) -> VerifySnapshot {
    let end = MonotonicInstant.now + timeout
    follow(for: .zero)
    while watches.contains(where: { !$0.watch.isListed }) {
      try throwFailure()
      guard MonotonicInstant.now < end else {
        throw KubeError("\(origin): the cluster was not listed within \(timeout)")
      }
      run(atMost: end - .now)
    }
    try throwFailure()
    guard cluster.hasNodes else { throw KubeError("\(origin): the server has no nodes; is the path of its URL right?") }
    return cluster
  }

  /// Receives events for a duration; those that have arrived already in any case.
  package func follow(for duration: Duration) {
    let end = MonotonicInstant.now + duration
    // Each pass reads what has arrived, and begins what that calls for.
    for _ in 0..<Self.passes { run(atMost: .zero) }
    while case let left = end - .now, left > .zero { run(atMost: left) }
  }

  private static let passes = 4

  private func throwFailure() throws(KubeError) {
    if let error = watches.lazy.compactMap(\.watch.error).first { throw KubeError("\(origin): \(error)") }
  }

  /// Starts due requests, then waits for the next events.
  private func run(atMost limit: Duration) {
    var nextWakeup = Duration.seconds(Int64.max / 2)
    for index in watches.indices {
      perform(watches[index].watch.tick(.monotonicNow), for: index)
      nextWakeup = min(nextWakeup, watches[index].watch.nextWakeup)
    }
    var actions: [(Int, PartWatch.Action)] = []
    client.wait(atMost: max(.zero, min(limit, nextWakeup - .monotonicNow))) { requestID, event in
      let now = Duration.monotonicNow
      let watch = watches[requestID]
      switch event {
      case .responded(let code): watch.watch.responded(code, now)
      case .received(let bytes): actions.append((requestID, watch.watch.received(bytes, now, into: &cluster)))
      case .ended: actions.append((requestID, watch.watch.ended(now, into: &cluster)))
      case .failed(let reason): watch.watch.failed(reason, now)
      }
    }
    for (index, action) in actions { perform(action, for: index) }
  }

  private func perform(_ action: PartWatch.Action, for index: Int) {
    switch action {
    case .wait: break
    case .cancelAndDropConnection: client.cancelAndDropConnection(index)
    case .request(let request):
      do throws(KubeError) {
        try client.begin(request, for: index)
      } catch {
        watches[index].watch.failed(error.description, .monotonicNow)
      }
    }
  }
}
