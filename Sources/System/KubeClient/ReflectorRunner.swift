package import ClusterState
internal import Platform

/// Watches every kind of a cluster: performs the reflectors' actions and passes them the events.
package final class ReflectorRunner {
  /// Called when a kind's state or last error has changed, with the old and the new status.
  package typealias Report = (WatchedKind, _ before: ReflectorStatus, _ now: ReflectorStatus) -> Void

  private let access: ClusterAccess
  private let client: KubeClient
  private let cluster: SharedClusterCache
  private let reflectors: [ReflectorBox]
  /// The next wakeup of each reflector, side by side: an event of one kind need not touch the others.
  private var wakeups: [Duration]
  private let report: Report
  /// Whether kinds that are listed are not watched.
  private var listsOnly = false

  /// A reflector, by reference.
  private final class ReflectorBox {
    var reflector: Reflector

    init(_ reflector: consuming Reflector) {
      self.reflector = reflector
    }
  }

  /// - Parameter seed: The seed of the delays between attempts.
  package init(
    _ access: ClusterAccess, into cluster: SharedClusterCache, seed: UInt64 = .random(in: 0 ... .max),
    report: @escaping Report = { _, _, _ in }
  ) {
    self.access = access
    client = KubeClient(access)
    self.cluster = cluster
    self.report = report
    reflectors = WatchedKind.allCases.map { kind in
      ReflectorBox(Reflector(kind, staleness: cluster.staleness, seed: seed &+ UInt64(kind.rawValue)))
    }
    wakeups = reflectors.map { $0.reflector.nextWakeup }
  }

  /// Watches the cluster while the condition, checked after each event, is true.
  package func run(while condition: () -> Bool = { true }) {
    while condition() { runOnce(atMost: nil) }
  }

  /// Lists each kind once, for a command with a single result.
  ///
  /// - Throws: Why a kind could not be listed. A forbidden kind is no error here: the facts report it.
  package func listOnce(within timeout: Duration = .seconds(60)) throws(KubeError) {
    let end = MonotonicInstant.now + timeout
    listsOnly = true
    while let kind = WatchedKind.allCases.first(where: isPending) {
      try throwFailure()
      guard MonotonicInstant.now < end else {
        throw KubeError("\(kind.resource.name) were not listed within \(timeout)")
      }
      runOnce(atMost: end - .now)
    }
    if cluster.hasNoNodes { throw KubeError(Self.reasonWithoutNodes(access)) }
  }

  /// Returns whether a kind is still to be listed. If definitions are forbidden, a 404 is never explained, so the kind
  /// is not waited for; the facts report the missing permission.
  private func isPending(_ kind: WatchedKind) -> Bool {
    guard self[kind].state == .notSynced else { return false }
    if case .forbidden = self[.customResourceDefinition].state { return !self[kind].isNotFound }
    return true
  }

  /// Throws the error of a failed list. Nodes have precedence: without them every other error is a consequence.
  private func throwFailure() throws(KubeError) {
    if self[.node].isNotFound { throw KubeError(Self.reasonWithoutNodes(access, " (404)")) }
    if cluster.hasNoNodes { throw KubeError(Self.reasonWithoutNodes(access)) }
    if self[.node].state == .notSynced, self[.node].failures == 0 { return }
    if let failed = WatchedKind.allCases.first(where: { self[$0].state == .notSynced && self[$0].failures > 0 }) {
      throw KubeError("\(failed.resource.name) cannot be listed: \(self[failed].lastError ?? "unknown reason")")
    }
  }

  package static func reasonWithoutNodes(_ access: ClusterAccess, _ answer: String = "") -> String {
    "the server at \(access.server) has no nodes\(answer); is the path of its URL right?"
  }

  private subscript(kind: WatchedKind) -> ReflectorStatus { reflectors[kind.rawValue].reflector.status }
}

extension ReflectorRunner {
  /// Starts due requests, then waits for the next event.
  private func runOnce(atMost limit: Duration?) {
    let now = Duration.monotonicNow
    for kind in WatchedKind.allCases where wakeups[kind.rawValue] <= now {
      dispatch(kind) { reflector, _ in reflector.tick(now) }
    }
    let sleep = max(.zero, (wakeups.min() ?? now) - now)
    client.wait(atMost: limit.map { min($0, sleep) } ?? sleep) { owner, event in
      guard let kind = WatchedKind(rawValue: owner) else { return }
      let now = Duration.monotonicNow
      switch event {
      case .responded(let code): dispatch(kind) { reflector, _ in reflector.responded(code, now) }
      case .received(let bytes): dispatch(kind) { reflector, objects in reflector.received(bytes, now, into: &objects) }
      case .ended: dispatch(kind) { reflector, objects in reflector.ended(now, into: &objects) }
      case .failed(let reason): dispatch(kind) { reflector, _ in reflector.failed(reason, now) }
      }
    }
  }

  private func dispatch(
    _ kind: WatchedKind, _ event: (inout Reflector, inout ObjectStore) -> Reflector.Action
  ) {
    let before = self[kind]
    let action = cluster.process(&reflectors[kind.rawValue].reflector, event)
    wakeups[kind.rawValue] = reflectors[kind.rawValue].reflector.nextWakeup
    perform(action, for: kind)
    let now = self[kind]
    if before.lastError != nil, now.lastError == nil { retryAll() }
    if now.lists != before.lists || now.events != before.events { reconsiderAbsences(after: kind) }
    // A list of many objects passes through much more memory than it leaves behind.
    if now.lists != before.lists, !reflectors.contains(where: { $0.reflector.isListing }) { Heap.releaseUnused() }
    if now.state != before.state || now.lastError != before.lastError { report(kind, before, now) }
  }

  /// Evaluates 404 responses again after a change of nodes or definitions, which decide whether a kind is not
  /// installed.
  private func reconsiderAbsences(after kind: WatchedKind) {
    guard kind == .node || kind == .customResourceDefinition else { return }
    for other in WatchedKind.allCases where self[other].isNotFound {
      let now = Duration.monotonicNow
      dispatch(other) { reflector, objects in
        reflector.reconsiderAbsence(now, in: &objects)
        return .wait
      }
    }
  }

  private func retryAll() {
    for (index, box) in reflectors.enumerated() {
      box.reflector.retryNow(.monotonicNow)
      wakeups[index] = box.reflector.nextWakeup
    }
  }

  private func perform(_ action: Reflector.Action, for kind: WatchedKind) {
    switch action {
    case .wait: break
    case .request(let request): begin(request, for: kind)
    case .cancel: client.cancel(kind.rawValue)
    case .cancelAndDropConnection: client.cancelAndDropConnection(kind.rawValue)
    }
  }

  private func begin(_ request: APIRequest, for kind: WatchedKind) {
    if listsOnly, self[kind].state != .notSynced { return }
    do throws(KubeError) {
      try client.begin(request, for: kind.rawValue, onOwnConnection: kind.changesOften && !listsOnly)
    } catch {
      dispatch(kind) { reflector, _ in reflector.failed(error.description, .monotonicNow) }
    }
  }
}
