internal import Addressing
internal import Rules

extension VerifyInput {
  var networkDefined: StepReport {
    switch target {
    case .unreadable:
      StepReport(.networkDefined, .inProgress, "there is no network to define")
    case .switchedOff:
      StepReport(
        .networkDefined, leftovers.isEmpty ? .done : .warning,
        leftovers.isEmpty ? "none is needed, and none is left" : "none is needed", leftovers)
    case .network(let network):
      defined(network)
    }
  }

  private func defined(_ network: Target.Network) -> StepReport {
    guard !network.definition.isEmpty else {
      return StepReport(.networkDefined, .inProgress, "Harvester has not made one yet")
    }
    guard let attachment = facts.attachments.first(where: { $0.reference == network.definition }) else {
      return StepReport(
        .networkDefined, .failed, "\(network.definition) does not exist",
        [.init("no pod can be attached to it", advice: "empty the setting's value, wait, and write the value again")])
    }
    guard attachment.allocatable == network.usable else {
      let has = attachment.allocatable.map {
        "\($0.count.counted("address")) of another range or with other exclusions"
      }
      return StepReport(
        .networkDefined, .failed, "\(network.definition) hands out \(has ?? "no address")",
        [.init("the setting says \(network.range) with \(network.usable.count.counted("usable address"))")])
    }
    let summary = "\(network.definition) hands out \(network.usable.count.counted("address")) of \(network.range)"
    return StepReport(.networkDefined, leftovers.isEmpty ? .done : .warning, summary, leftovers)
  }

  /// Definitions of earlier changes that nobody removes any more.
  private var leftovers: [StepReport.Finding] {
    let current = [target.definition, setting.annotations?.previousNetwork ?? ""]
    return facts.attachments.filter { $0.owner == .storageNetwork && !current.contains($0.reference) }.map {
      attachment in
      .init(
        "\(attachment.reference) is left behind by an earlier change",
        advice: """
          kubectl -n \(attachment.namespace) delete network-attachment-definitions.k8s.cni.cncf.io \(attachment.name)
          """)
    }
  }

  var longhornConfigured: StepReport {
    if case .network(let network) = target, network.definition.isEmpty {
      return StepReport(.longhornConfigured, .inProgress, "it waits for the network definition")
    }
    let wanted = target.definition
    let words = wanted.isEmpty ? "no storage network" : wanted
    guard let network = facts.longhorn.network else {
      return wanted.isEmpty
        ? StepReport(.longhornConfigured, .done, "Longhorn knows of no storage network")
        : StepReport(.longhornConfigured, .failed, "Longhorn has no setting storage-network")
    }
    guard network == wanted else {
      let has = network.isEmpty ? "no storage network" : network
      return StepReport(.longhornConfigured, .failed, "Longhorn's setting says \(has), not \(words)")
    }
    guard facts.longhorn.isApplied else {
      return StepReport(
        .longhornConfigured, .inProgress, "Longhorn has not yet applied \(words)",
        [
          .init(
            "it waits until every volume is detached",
            advice: "kubectl -n longhorn-system get volumes.longhorn.io shows what is still attached")
        ])
    }
    return StepReport(.longhornConfigured, .done, "\(words) is applied")
  }
}

extension NetworkAttachmentFact {
  var reference: String { "\(namespace)/\(name)" }
}
