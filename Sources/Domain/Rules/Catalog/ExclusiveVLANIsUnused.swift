/// Exclusive means that no virtual machine reaches the storage traffic, on any cluster network. Harvester's own webhooks
/// deny the VLAN of vm-migration-network; only one of the two denies that of rwx-network.
enum ExclusiveVLANIsUnused: Rule {
  static let requirement = "No VM network and no vm-migration-network uses an exclusive VLAN."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.isExclusive.value == true, let vlan = fields.network.vlan.value, vlan > 1 else { return }
    let attachments = context.facts.attachments.filter { !$0.isOverlay && $0.carries(vlan: vlan) }
    let users = attachments.filter(\.isVMNetwork)
    if !users.isEmpty {
      findings.addViolation(
        fields.path(.exclusiveVLAN), .invalid("true"),
        """
        must be false while VLAN \(vlan) is used by \(users.count.counted("VM network")): \
        \(users.map { $0.described(using: vlan) }.englishList); \(advice(context.facts.attachments))
        """)
    }
    if let migration = attachments.first(where: { $0.owner == .vmMigrationNetwork }) {
      findings.addViolation(
        fields.path(.exclusiveVLAN), .invalid("true"),
        """
        must be false while VLAN \(vlan) is used by vm-migration-network (\(migration.described)); \
        \(advice(context.facts.attachments))
        """)
    }
    if let rwx = attachments.first(where: { $0.owner == .rwxNetwork }) {
      findings.addWarning(
        """
        \(fields.path(.exclusiveVLAN)): VLAN \(vlan) is used by rwx-network \
        (\(rwx.described.truncated(to: Warning.maxNameLength))) as well, and Harvester may refuse that; choose another VLAN
        """)
    }
  }

  private static func advice(_ attachments: [NetworkAttachmentFact]) -> String {
    let used = VLANSet(of: attachments)
    let otherVLAN = used.coversAll ? "" : "choose another VLAN (in use: \(used)), or "
    return "\(otherVLAN)set \(KnownKey.exclusiveVLAN.name) to false, so that other networks may use the VLAN too"
  }
}

extension NetworkAttachmentFact {
  /// `team-a/web`, and `team-a/all (trunk 100-200)` where the VLAN is one of several.
  fileprivate func described(using vlan: Int) -> String {
    guard self.vlan != vlan, let range = trunk.first(where: { $0.contains(vlan) }) else { return described }
    return "\(described) (trunk \(range.written))"
  }
}

/// The VLANs of VM networks, alone or in a trunk, and of vm-migration-network.
private struct VLANSet: CustomStringConvertible {
  private var ranges: [ClosedRange<Int>] = []

  init(of attachments: [NetworkAttachmentFact]) {
    let used = attachments.lazy.filter { $0.isVMNetwork || $0.owner == .vmMigrationNetwork && !$0.isOverlay }
      .flatMap { $0.trunk + ($0.vlan > 0 ? [$0.vlan...$0.vlan] : []) }
    for range in used.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  /// Whether no VLAN is left that could be exclusive: 1 cannot.
  var coversAll: Bool { ranges.contains { $0.lowerBound <= 2 && $0.upperBound >= 4094 } }

  /// `100, 200-210 and 300`.
  var description: String { ranges.map(\.written).englishList }
}

extension ClosedRange<Int> {
  fileprivate var written: String { count == 1 ? "\(lowerBound)" : "\(lowerBound)-\(upperBound)" }
}
