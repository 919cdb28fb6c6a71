internal import Addressing
internal import JSON

/// Harvester's controller acts when the annotation `hash` is not the value's, or `net-attach-def` not what Longhorn has,
/// whatever changed them: it may delete the definition in use, or disable the storage network under running machines.
///
/// Applies only while the stored annotations match the value and its definition, so that wrong ones can be corrected.
enum AnnotationsAreKept: Rule {
  static let requirement = "Harvester's annotations on the setting stay as Harvester wrote them."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let stored = change.old.annotations, stored.fit(change.old.value, in: context.facts) else { return }
    for annotation in change.alteredAnnotations {
      let consequence = consequence(of: change.new.annotations?[annotation] ?? "", for: annotation, of: change, stored)
      findings.addViolation(
        annotation.path, .forbidden,
        """
        must stay \((stored[annotation] ?? "").quoted), because \(consequence); keep it, or leave all \
        three annotations out
        """)
    }
  }

  /// What Harvester would do with the proposed text.
  private static func consequence(
    of proposed: String, for annotation: SettingAnnotation, of change: Change, _ stored: SettingAnnotations
  ) -> String {
    let used = stored.network.isEmpty ? "" : " and could delete \(stored.network.truncated(to: 80)), which is in use"
    switch annotation {
    case .hash where change.changesValue:
      return "Harvester notes the hash itself, and would pass over a value that has it"
    case .hash: return "Harvester would carry out the unchanged value again\(used)"
    case .definition where change.changesValue:
      return "Harvester would delete \(proposed.truncated(to: 80)) in the place of the definition in use"
    case .definition where proposed.isEmpty:
      return "Harvester would stop its workloads, wait for all volumes and take the storage network from Longhorn"
    case .definition: return "Harvester would move Longhorn to \(proposed.quoted)"
    case .formerDefinition:
      let isInUse = proposed.isExactly(stored.network)
      return "Harvester would delete \(proposed.truncated(to: 80))\(isInUse ? ", which is in use" : "")"
    }
  }
}

extension SettingAnnotations {
  /// Whether the definition exists and belongs to the value; without a value, whether none is recorded.
  fileprivate func fit(_ value: SettingText, in facts: borrowing ClusterFacts) -> Bool {
    if value.isBlank { return network.isEmpty }
    guard let definition = facts.attachments.first(where: { $0.described.isExactly(network) }) else { return false }
    guard case .text(let bytes) = value, let proposed = try? ProposedNetwork(bytes.span) else { return true }
    return definition.canBe(of: proposed)
  }
}

extension NetworkAttachmentFact {
  /// False where the VLAN, cluster network or addresses of the definition differ from those that Harvester would set.
  fileprivate func canBe(of network: ProposedNetwork) -> Bool {
    if link != nil, let link = network.link, !isOn(link) { return false }
    guard let range = network.range.value?.cidr?.network, let allocatable else { return true }
    return allocatable.intersection(AddressSet(range.addresses)) == allocatable
  }
}
