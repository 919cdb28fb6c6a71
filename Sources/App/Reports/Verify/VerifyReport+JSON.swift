internal import Addressing
package import JSON
internal import KubeObjects
internal import Rules

// docs/cli.md documents the members. New ones may be added; none is renamed.
extension VerifyReport {
  /// The output of `verify -o json`.
  package var members: [JSONMember] { members(percent: percent) }

  /// - Parameter percent: The progress, which never decreases with `--watch`.
  func members(percent: Int) -> [JSONMember] {
    [
      JSONMember("verified", isVerified),
      JSONMember(key: "network", value: network),
      JSONMember("percent", percent),
      JSONMember("steps", steps.map(\.members)),
      JSONMember("pods", pods.map(\.members)),
      JSONMember(key: "pool", value: pool.map { .object($0.members) } ?? .null),
    ]
  }

  private var network: JSONValue {
    guard case .network(let network) = target else { return .null }
    return .object([
      JSONMember("definition", network.definition), JSONMember("range", network.range.description),
      JSONMember("usable", network.usable.count),
    ])
  }
}

extension StepReport {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("step", step.rawValue), JSONMember("title", step.title), JSONMember("state", state.rawValue),
      JSONMember("summary", summary), JSONMember("done", progress.done), JSONMember("total", progress.total),
      JSONMember("findings", findings.map { [JSONMember("text", $0.text), JSONMember("advice", $0.advice)] }),
    ]
  }
}

extension PodReport {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("namespace", pod.namespace), JSONMember("name", pod.name), JSONMember("node", pod.node),
      JSONMember("component", component), JSONMember("ready", pod.isReady),
      JSONMember("network", interface?.network), JSONMember("address", address?.description),
      JSONMember("verdict", verdict.name), JSONMember("reason", verdict.reason),
    ]
  }
}

extension PodReport.Verdict {
  fileprivate var name: String {
    switch self {
    case .ok: "ok"
    case .waiting: "waiting"
    case .pendingRestart: "pendingRestart"
    case .nodeUnavailable: "nodeUnavailable"
    case .blocked: "blocked"
    case .misplaced: "misplaced"
    case .duplicateAddress: "duplicateAddress"
    }
  }
}

extension PoolReport {
  fileprivate var members: [JSONMember] {
    func entries(_ entries: [Entry]) -> [[JSONMember]] {
      entries.map { [JSONMember("address", $0.address.description), JSONMember("pod", $0.pod)] }
    }
    return [
      JSONMember("range", range.description), JSONMember("usable", usable), JSONMember("used", used),
      JSONMember("leaked", entries(leaked)), JSONMember("otherNamespaces", entries(otherNamespaces)),
      JSONMember("duplicates", entries(duplicates)), JSONMember("unrecorded", entries(unrecorded)),
      JSONMember("orphanedReservations", entries(orphanedReservations)),
    ]
  }
}
