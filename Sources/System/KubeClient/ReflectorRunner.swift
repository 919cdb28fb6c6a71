package import ClusterState
internal import Platform

/// Follows every watched kind of a cluster: performs what the machines ask, and tells them what came of it.
package final class ReflectorRunner {
  /// Told when a kind's standing or trouble has changed: how it was and how it is.
  package typealias Report = (WatchedKind, _ before: ReflectorStatus, _ now: ReflectorStatus) -> Void

  private let access: ClusterAccess
  private let client: KubeClient
  private let cluster: SharedClusterCache
  private let reflectors: [ReflectorBox]
  private let report: Report
  /// Nothing is asked about a kind that has been listed.
  private var listsOnly = false

  /// A machine in a place of its own, where it stays.
  private final class ReflectorBox {
    var reflector: Reflector

    init(_ reflector: consuming Reflector) {
      self.reflector = reflector
    }
  }

  /// - Parameter seed: For the pauses between attempts.
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
  }

  /// Follows the cluster as long as it is told to; asked whenever something has happened.
  package func run(while goesOn: () -> Bool = { true }) {
    while goesOn() { turn(atMost: nil) }
  }

  /// Lists each kind once, for somebody who asks one question.
  ///
  /// - Throws: Why a kind could not be listed. One that must not be read is no failure here: the facts tell of it.
  package func listOnce(within timeout: Duration = .seconds(60)) throws(KubeError) {
    let end = MonotonicInstant.now + timeout
    listsOnly = true
    while let kind = WatchedKind.allCases.first(where: isAwaited) {
      try throwFailure()
      guard MonotonicInstant.now < end else {
        throw KubeError("\(kind.resource.name) were not listed within \(timeout)")
      }
      turn(atMost: end - .now)
    }
    if cluster.hasNoNodes { throw KubeError(Self.reasonWithoutNodes(access)) }
  }

  /// Whether a kind has still to be listed. Where definitions must not be read, no 404 will ever be explained; that they
  /// must not is told by the facts.
  private func isAwaited(_ kind: WatchedKind) -> Bool {
    guard self[kind].state == .notSynced else { return false }
    if case .forbidden = self[.customResourceDefinition].state { return !self[kind].isNotFound }
    return true
  }

  /// Throws why a list failed. The nodes go first: without them every other reason is a consequence.
  private func throwFailure() throws(KubeError) {
    if self[.node].isNotFound { throw KubeError(Self.reasonWithoutNodes(access, " (404)")) }
    if cluster.hasNoNodes { throw KubeError(Self.reasonWithoutNodes(access)) }
    if self[.node].state == .notSynced, self[.node].failures == 0 { return }
    if let failed = WatchedKind.allCases.first(where: { self[$0].state == .notSynced && self[$0].failures > 0 }) {
      throw KubeError("\(failed.resource.name) cannot be listed: \(self[failed].lastError ?? "unknown reason")")
    }
  }

  package static func reasonWithoutNodes(_ access: ClusterAccess, _ answer: String = "") -> String {
    "the server at \(access.server) has no nodes\(answer); is the path right?"
  }

  private subscript(kind: WatchedKind) -> ReflectorStatus { reflectors[kind.rawValue].reflector.status }
}

extension ReflectorRunner {
  /// Begins what is due, then waits for what happens next.
  private func turn(atMost limit: Duration?) {
    var nextWakeup = Duration.seconds(Int64.max / 2)
    for kind in WatchedKind.allCases {
      tell(kind) { reflector, _ in reflector.tick(.monotonicNow) }
      nextWakeup = min(nextWakeup, reflectors[kind.rawValue].reflector.nextWakeup)
    }
    let sleep = max(.zero, nextWakeup - .monotonicNow)
    client.wait(atMost: limit.map { min($0, sleep) } ?? sleep) { owner, event in
      guard let kind = WatchedKind(rawValue: owner) else { return }
      let now = Duration.monotonicNow
      switch event {
      case .responded(let code): tell(kind) { reflector, _ in reflector.responded(code, now) }
      case .received(let bytes): tell(kind) { reflector, objects in reflector.received(bytes, now, into: &objects) }
      case .ended: tell(kind) { reflector, objects in reflector.ended(now, into: &objects) }
      case .failed(let reason): tell(kind) { reflector, _ in reflector.failed(reason, now) }
      }
    }
  }

  private func tell(
    _ kind: WatchedKind, _ event: (inout Reflector, inout ObjectStore) -> Reflector.Action
  ) {
    let before = self[kind]
    let action = cluster.follow(&reflectors[kind.rawValue].reflector, event)
    perform(action, for: kind)
    let now = self[kind]
    if before.lastError != nil, now.lastError == nil { retryAll() }
    if now.lists != before.lists || now.events != before.events { reconsiderAbsences(after: kind) }
    if now.state != before.state || now.lastError != before.lastError { report(kind, before, now) }
  }

  /// Nodes and definitions decide whether a 404 means that a kind is not installed, and tell when it is.
  private func reconsiderAbsences(after kind: WatchedKind) {
    guard kind == .node || kind == .customResourceDefinition else { return }
    for other in WatchedKind.allCases where self[other].isNotFound {
      let now = Duration.monotonicNow
      tell(other) { reflector, objects in
        reflector.reconsiderAbsence(now, in: &objects)
        return .wait
      }
    }
  }

  private func retryAll() {
    for reflector in reflectors { reflector.reflector.retryNow(.monotonicNow) }
  }

  private func perform(_ action: Reflector.Action, for kind: WatchedKind) {
    switch action {
    case .wait: break
    case .request(let request): begin(request, for: kind)
    case .cancel: client.cancel(kind.rawValue)
    case .cancelAndDropConnection: client.cancelAndDropConnection(kind.rawValue)
    case .renewCredentials: client.renewCredentials()
    }
  }

  private func begin(_ request: APIRequest, for kind: WatchedKind) {
    if listsOnly, self[kind].state != .notSynced { return }
    do throws(KubeError) {
      try client.begin(request, for: kind.rawValue)
    } catch {
      tell(kind) { reflector, _ in reflector.failed(error.description, .monotonicNow) }
    }
  }
}
