package import ClusterState
internal import Reactor

/// Follows every watched kind of a cluster: performs what the machines ask, and tells them what came of it.
package final class ClusterWatch {
  /// Told when a kind's standing or trouble has changed: how it was and how it is.
  package typealias Report = (WatchedKind, _ before: KindStatus, _ now: KindStatus) -> Void

  private let client: KubeClient
  private let cluster: SharedCluster
  private let followers: [Follower]
  private let report: Report
  /// Nothing is asked about a kind that has been listed.
  private var listsOnly = false

  /// A machine in a place of its own, where it stays.
  private final class Follower {
    var machine: WatchMachine

    init(_ machine: consuming WatchMachine) {
      self.machine = machine
    }
  }

  /// - Parameter seed: For the pauses between attempts.
  package init(
    _ access: ClusterAccess, into cluster: SharedCluster, seed: UInt64 = .random(in: 0 ... .max),
    report: @escaping Report = { _, _, _ in }
  ) {
    client = KubeClient(access)
    self.cluster = cluster
    self.report = report
    followers = WatchedKind.allCases.map { kind in
      Follower(WatchMachine(kind, staleness: cluster.staleness, seed: seed &+ UInt64(kind.rawValue)))
    }
  }

  /// Follows the cluster as long as it is told to; asked whenever something has happened.
  package func run(while goesOn: () -> Bool = { true }) {
    while goesOn() { turn(atMost: nil) }
  }

  /// Lists each kind once, for somebody who asks one question.
  ///
  /// - Throws: Why a kind could not be listed. One that must not be read is no failure here: the facts tell of it.
  package func listOnce(within patience: Duration = .seconds(60)) throws(KubeError) {
    let end = Moment.now + patience
    listsOnly = true
    while let kind = WatchedKind.allCases.first(where: { self[$0].standing == .unlisted }) {
      if let failed = WatchedKind.allCases.first(where: { self[$0].standing == .unlisted && self[$0].failures > 0 }) {
        throw KubeError("\(failed.resource.name) cannot be listed: \(self[failed].trouble ?? "unknown reason")")
      }
      guard Moment.now < end else { throw KubeError("\(kind.resource.name) were not listed within \(patience)") }
      turn(atMost: end - .now)
    }
  }

  private subscript(kind: WatchedKind) -> KindStatus { followers[kind.rawValue].machine.status }
}

extension ClusterWatch {
  /// Begins what is due, then waits for what happens next.
  private func turn(atMost limit: Duration?) {
    var wakesAt = Duration.seconds(Int64.max / 2)
    for kind in WatchedKind.allCases {
      tell(kind) { machine, _ in machine.tick(.untilNow) }
      wakesAt = min(wakesAt, followers[kind.rawValue].machine.wakesAt)
    }
    let sleep = max(.zero, wakesAt - .untilNow)
    client.wait(atMost: limit.map { min($0, sleep) } ?? sleep) { owner, event in
      guard let kind = WatchedKind(rawValue: owner) else { return }
      let now = Duration.untilNow
      switch event {
      case .responded(let code): tell(kind) { machine, _ in machine.responded(code, now) }
      case .received(let bytes): tell(kind) { machine, objects in machine.received(bytes, now, into: &objects) }
      case .ended: tell(kind) { machine, objects in machine.ended(now, into: &objects) }
      case .failed(let reason): tell(kind) { machine, _ in machine.failed(reason, now) }
      }
    }
  }

  private func tell(
    _ kind: WatchedKind, _ event: (inout WatchMachine, inout ObjectCollection) -> WatchMachine.Action
  ) {
    let before = self[kind]
    let action = cluster.follow(&followers[kind.rawValue].machine, event)
    perform(action, for: kind)
    let now = self[kind]
    if before.trouble != nil, now.trouble == nil { hurryOthers() }
    if now.standing != before.standing || now.trouble != before.trouble { report(kind, before, now) }
  }

  private func hurryOthers() {
    for follower in followers { follower.machine.hurry(.untilNow) }
  }

  private func perform(_ action: WatchMachine.Action, for kind: WatchedKind) {
    switch action {
    case .wait: break
    case .request(let request): begin(request, for: kind)
    case .cancel: client.cancel(kind.rawValue)
    case .abandon: client.abandon(kind.rawValue)
    case .renewCredentials: client.renewCredentials()
    }
  }

  private func begin(_ request: APIRequest, for kind: WatchedKind) {
    if listsOnly, self[kind].standing != .unlisted { return }
    do throws(KubeError) {
      try client.begin(request, for: kind.rawValue)
    } catch {
      tell(kind) { machine, _ in machine.failed(error.description, .untilNow) }
    }
  }
}
