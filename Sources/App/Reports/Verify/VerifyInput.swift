package import ClusterState
internal import KubeObjects
package import Rules

/// The state of a cluster at one moment after a change: the input of `verify`.
package struct VerifyInput: Sendable {
  let facts: ClusterFacts
  let extraFacts: VerifyFacts
  let setting: SettingObject
  package let target: Target
  let change: HarvesterProgress
  /// The nodes on which Longhorn cannot start pods now.
  let outages: [String: NodeFact.Outage]
  /// Longhorn's pods that carry storage traffic, with their verdicts.
  let pods: [PodReport]
  /// Nil if the storage network is disabled.
  let pool: PoolReport?

  /// Returns nil without a setting storage-network.
  package init?(_ facts: ClusterFacts, _ extraFacts: VerifyFacts) {
    guard let setting = facts.storageNetwork else { return nil }
    self.facts = facts
    self.extraFacts = extraFacts
    self.setting = setting
    target = Target(of: setting)
    change = HarvesterProgress(of: setting, to: target, longhornNetwork: facts.longhorn.network)
    let unavailable = extraFacts.nodes.compactMap { node in node.outage.map { (node.name, $0) } }
    outages = Dictionary(unavailable) { first, _ in first }
    pods = PodInspection(facts, extraFacts, target, change, outages).reports
    if case .network(let network) = target, case .network(let recorded) = target.recorded(by: change) {
      pool = PoolReport(of: network, RangeUsage(of: recorded, in: facts), extraFacts)
    } else {
      pool = nil
    }
  }

  /// The report of every step, in order.
  package var report: VerifyReport {
    VerifyReport(
      target: target, setting: setting, change: change, knowsNodes: !facts.nodes.isEmpty,
      longhornIsConfigured: change.hasRecordedValue && (facts.longhorn.network ?? "") == target.definition,
      steps: Step.allCases.map(evaluate), pods: pods, pool: pool)
  }

  private func evaluate(_ step: Step) -> StepReport {
    switch step {
    case .settingApplied: settingApplied
    case .networkDefined: networkDefined
    case .uplinksAreUp: uplinksAreUp
    case .longhornConfigured: longhornConfigured
    case .podsAttached: podsAttached
    case .allocationsConsistent: allocationsConsistent
    case .addressesAvailable: addressesAvailable
    case .workloadsRestored: workloadsRestored
    }
  }
}

extension VerifyInput {
  /// The unambiguous name of the setting for kubectl.
  var settingName: String { "settings.harvesterhci.io storage-network" }

  func annotation(_ name: String) -> String { "storage-network.settings.harvesterhci.io/\(name)" }

  /// Whether pods are restarting, or will be.
  var isMoving: Bool {
    change.isInProgress || facts.longhorn.isApplied == false || pods.contains { $0.verdict == .pendingRestart }
  }

  /// Whether a pod has no address because none is left.
  var isExhausted: Bool { !exhaustionEvents.isEmpty }

  /// The exhaustion events of pods that still wait.
  var exhaustionEvents: [PodEvent] {
    let unready = Set(extraFacts.pods.lazy.filter { !$0.isReady && !$0.isFinished && !$0.isBeingDeleted }.map(\.name))
    return extraFacts.events.filter { $0.reportsAddressExhaustion && unready.contains($0.pod) }
  }

  /// The definition that the setting's annotation names; nil if it does not exist.
  var attachment: NetworkAttachmentFact? {
    let definition = target.definition
    return definition.isEmpty ? nil : facts.attachments.first { $0.reference == definition }
  }
}
