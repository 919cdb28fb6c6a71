internal import Addressing
internal import JSON

/// Harvester's controller acts when the annotation `hash` is not the value's, or `net-attach-def` not what Longhorn has,
/// whichever client changed them: it may delete the definition in use, or disable the storage network under running machines.
///
/// Applies only while the stored annotations match the value and its definition, so that wrong ones can be corrected.
enum AnnotationsAreKept: Rule {
  static let requirement = "Harvester's annotations on the setting stay as Harvester wrote them."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let stored = change.old.annotations, stored.match(change.old.value, in: context.facts) else { return }
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

  /// Returns the effect that the proposed text would have in Harvester.
  private static func consequence(
    of proposed: String, for annotation: SettingAnnotation, of change: Change, _ stored: SettingAnnotations
  ) -> String {
    let used =
      stored.definition.isEmpty ? "" : " and could delete \(stored.definition.truncated(to: 80)), which is in use"
    switch annotation {
    case .hash where change.changesValue:
      return "Harvester records the hash itself, and would not apply a value that already has it"
    case .hash: return "Harvester would apply the unchanged value again\(used)"
    case .definition where change.changesValue:
      return "Harvester would delete \(proposed.truncated(to: 80)) instead of the definition in use"
    case .definition where proposed.isEmpty:
      return
        "Harvester would stop its workloads, wait until all volumes are detached, and disable the storage network in Longhorn"
    case .definition: return "Harvester would move Longhorn to \(proposed.quoted)"
    case .previousDefinition:
      let isInUse = proposed.isExactly(stored.definition)
      return "Harvester would delete \(proposed.truncated(to: 80))\(isInUse ? ", which is in use" : "")"
    }
  }
}

extension SettingAnnotations {
  /// Returns whether the definition exists and belongs to the value; without a value, whether none is recorded.
  fileprivate func match(_ value: SettingText, in facts: borrowing ClusterFacts) -> Bool {
    if value.isBlank { return definition.isEmpty }
    guard let attachment = facts.attachments.first(where: { $0.described.isExactly(definition) }) else { return false }
    guard case .text(let bytes) = value, let proposed = try? ProposedNetwork(bytes.span) else { return true }
    return attachment.isConsistent(with: proposed)
  }
}

extension NetworkAttachmentFact {
  /// Returns false if the VLAN, cluster network or addresses differ from those that Harvester would set.
  fileprivate func isConsistent(with network: ProposedNetwork) -> Bool {
    if segment != nil, let segment = network.segment, !isOn(segment) { return false }
    guard let range = network.range.value?.cidr?.network, let allocatable else { return true }
    return allocatable.intersection(AddressSet(range.addresses)) == allocatable
  }
}
