internal import Addressing
internal import Rules

extension Inspection {
  var networkIsDefined: StepReport {
    switch target {
    case .unreadable:
      StepReport(.networkIsDefined, .waiting, "there is no network to define")
    case .switchedOff:
      StepReport(
        .networkIsDefined, leftovers.isEmpty ? .done : .warned,
        leftovers.isEmpty ? "none is needed, and none is left" : "none is needed", leftovers)
    case .network(let network):
      defined(network)
    }
  }

  private func defined(_ network: Target.Network) -> StepReport {
    guard !network.definition.isEmpty else {
      return StepReport(.networkIsDefined, .waiting, "Harvester has not made one yet")
    }
    guard let attachment = facts.attachments.first(where: { $0.reference == network.definition }) else {
      return StepReport(
        .networkIsDefined, .broken, "\(network.definition) does not exist",
        [.init("no pod can be attached to it", advice: "empty the setting's value, wait, and write the value again")])
    }
    guard attachment.handedOut == network.usable else {
      let has = attachment.handedOut.map { "\($0.count.of("address")) of another range or with other exclusions" }
      return StepReport(
        .networkIsDefined, .broken, "\(network.definition) hands out \(has ?? "no address")",
        [.init("the setting says \(network.range) with \(network.usable.count.of("usable address"))")])
    }
    let summary = "\(network.definition) hands out \(network.usable.count.of("address")) of \(network.range)"
    return StepReport(.networkIsDefined, leftovers.isEmpty ? .done : .warned, summary, leftovers)
  }

  /// Definitions of earlier changes that nobody removes any more.
  private var leftovers: [StepReport.Finding] {
    let current = [target.definition, setting.notes?.formerNetwork ?? ""]
    return facts.attachments.filter { $0.owner == .storageNetwork && !current.contains($0.reference) }.map {
      attachment in
      .init(
        "\(attachment.reference) is left behind by an earlier change",
        advice: """
          kubectl -n \(attachment.namespace) delete network-attachment-definitions.k8s.cni.cncf.io \(attachment.name)
          """)
    }
  }

  var longhornHasTakenOver: StepReport {
    if case .network(let network) = target, network.definition.isEmpty {
      return StepReport(.longhornHasTakenOver, .waiting, "it waits for the network definition")
    }
    let wanted = target.definition
    let words = wanted.isEmpty ? "no storage network" : wanted
    guard let network = facts.longhorn.network else {
      return wanted.isEmpty
        ? StepReport(.longhornHasTakenOver, .done, "Longhorn knows of no storage network")
        : StepReport(.longhornHasTakenOver, .broken, "Longhorn has no setting storage-network")
    }
    guard network == wanted else {
      let has = network.isEmpty ? "no storage network" : network
      return StepReport(.longhornHasTakenOver, .broken, "Longhorn's setting says \(has), not \(words)")
    }
    guard facts.longhorn.isApplied else {
      return StepReport(
        .longhornHasTakenOver, .waiting, "Longhorn has not yet applied \(words)",
        [
          .init(
            "it waits until every volume is detached",
            advice: "kubectl -n longhorn-system get volumes.longhorn.io shows what is still attached")
        ])
    }
    return StepReport(.longhornHasTakenOver, .done, "\(words) is applied")
  }
}

extension NetworkAttachmentFact {
  var reference: String { "\(namespace)/\(name)" }
}
