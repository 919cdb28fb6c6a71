internal import Addressing
internal import ClusterState
internal import KubeObjects
internal import Rules

extension VerifyInput {
  var networkDefined: StepReport {
    func report(_ state: StepReport.State, _ summary: String, _ findings: [StepReport.Finding] = []) -> StepReport {
      StepReport(.networkDefined, state, summary, findings)
    }
    guard change.hasRecordedValue else {
      return report(
        .inProgress,
        change == .unreadable ? "there is no network to define" : "it waits until Harvester takes up the value")
    }
    guard case .network(let network) = target else {
      let leftovers = leftovers
      return report(
        leftovers.isEmpty ? .done : .warning,
        "none is needed" + (facts.attachments.contains { $0.owner == .storageNetwork } ? "" : ", and none is left"),
        leftovers)
    }
    if network.definition.isEmpty {
      return report(.failed, "Harvester has lost it and makes no other", [annotationLost])
    }
    guard let attachment else {
      let summary = "\(network.definition) does not exist"
      guard !isBeingDefined else { return report(.inProgress, summary) }
      return report(.failed, summary, [missing])
    }
    if network.definition == setting.annotations?.previousDefinition {
      return report(.failed, "Harvester is about to delete \(network.definition), which is in use", [currentIsPrevious])
    }
    guard let allocatable = attachment.allocatable, allocatable.isPart(of: network.usable), !allocatable.isEmpty else {
      let has = attachment.allocatable.map {
        "\($0.count.counted("address")) of another range or without its exclusions"
      }
      return report(
        .failed, "\(network.definition) hands out \(has ?? "no address")",
        [.init("the setting has \(network.range) with \(network.usable.count.counted("usable address"))")])
    }
    if let expected = network.segment, let segment = attachment.segment, !attachment.isOn(expected) {
      return report(
        .failed, "\(network.definition) is on \(segment.described)",
        [.init("the setting has \(expected.described)", advice: rewriteValue)])
    }
    return report(
      leftovers.isEmpty ? .done : .warning,
      "\(network.definition) hands out \(allocatable.count.counted("address")) of \(network.range)"
        + (allocatable == network.usable ? "" : "; it excludes more than the setting does"),
      leftovers)
  }

  /// Harvester creates the definition before it names it, but the two lists are read at different moments.
  private var isBeingDefined: Bool {
    change.isInProgress && change.phase.rawValue < HarvesterPhase.restartingPods.rawValue
  }

  private var annotationLost: StepReport.Finding {
    .init(
      """
      the annotation \(annotation("net-attach-def")) is lost, and as the hash is that of the value, Harvester takes its \
      work for done
      """,
      advice: """
        stop the virtual machines, then remove the hash as well, so that Harvester takes the network up at once: \
        kubectl annotate \(settingName) \(annotation("hash"))-
        """)
  }

  private var missing: StepReport.Finding {
    .init("no pod can be attached to it", advice: rewriteValue)
  }

  private var rewriteValue: String {
    "stop the virtual machines, empty the setting's value, wait until that is done, and write the value again"
  }

  private var currentIsPrevious: StepReport.Finding {
    .init(
      "the annotation \(annotation("old-net-attach-def")) names the present definition",
      advice: "kubectl annotate --overwrite \(settingName) \(annotation("old-net-attach-def"))=")
  }
}

// Definitions of earlier changes, which Harvester no longer removes.
extension VerifyInput {
  /// Empty during a change, in which Harvester removes a definition itself or needs it again.
  private var leftovers: [StepReport.Finding] {
    guard !isMoving, change == .nothingToDo || change.isCompleted else { return [] }
    let inUse = definitionsInUse
    return facts.attachments.filter { $0.owner == .storageNetwork && !inUse.contains($0.reference) }.map { attachment in
      let holders = podsOfOtherNamespaces(on: attachment)
      guard holders.isEmpty else {
        return .init("\(attachment.reference) is of an earlier change; pods may use it still: \(holders.englishList)")
      }
      return .init(
        "\(attachment.reference) is left behind by an earlier change",
        advice: """
          kubectl -n \(attachment.namespace) delete network-attachment-definitions.k8s.cni.cncf.io \(attachment.name)
          """)
    }
  }

  /// All definitions that the setting, a Longhorn setting or a pod names, with the copy that Harvester makes of each
  /// for static addresses.
  private var definitionsInUse: Set<String> {
    let named =
      [target.definition, setting.annotations?.previousDefinition ?? "", facts.longhorn.network ?? ""]
      + extraFacts.longhornSettings.map(\.value) + extraFacts.pods.flatMap(\.networks) + extraFacts.networksOfOtherPods
    return Set(named).union(named.map { "\($0)-static" })
  }

  /// In a live cluster pods outside of Longhorn's namespace are not listed, but Whereabouts' pools name them.
  private func podsOfOtherNamespaces(on attachment: NetworkAttachmentFact) -> [String] {
    guard let allocatable = attachment.allocatable else { return [] }
    let reservations = facts.addressPools.flatMap(\.reservations).filter {
      !$0.pod.hasPrefix("\(LonghornPod.namespace)/") && allocatable.contains($0.address)
    }
    return Set(reservations.map(\.pod)).sorted()
  }
}

extension HarvesterProgress {
  fileprivate var isCompleted: Bool {
    guard case .completed = self else { return false }
    return true
  }
}

extension AddressSet {
  fileprivate func isPart(of other: AddressSet) -> Bool { intersection(other) == self }
}

extension NetworkAttachmentFact {
  var reference: String { "\(namespace)/\(name)" }
}
