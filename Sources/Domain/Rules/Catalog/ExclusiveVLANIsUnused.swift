/// Exclusive means that no virtual machine can reach the storage traffic, on whichever cluster network it is attached.
enum ExclusiveVLANIsUnused: Rule {
  static let requirement = "No VM network uses an exclusive VLAN."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.isExclusive.value == true, let vlan = fields.network.vlan.value, vlan > 1 else { return }
    let users = context.facts.attachments.filter { $0.isVMNetwork && $0.carries(vlan: vlan) }
    guard !users.isEmpty else { return }
    findings.addViolation(
      fields.path(.exclusiveVLAN), .invalid("true"),
      """
      must be false while VLAN \(vlan) is used by \(users.count.counted("VM network")): \
      \(users.map { $0.described(using: vlan) }.englishList); choose another VLAN (VM networks use \
      \(VLANSet(of: context.facts.attachments)), trunks included), or set \(KnownKey.exclusiveVLAN.name) to false, so that \
      VM networks may share the storage network's VLAN
      """)
  }
}

extension NetworkAttachmentFact {
  /// `team-a/web`, and `team-a/all (trunk 100-200)` where the VLAN is one of several.
  fileprivate func described(using vlan: Int) -> String {
    guard self.vlan != vlan, let range = trunk.first(where: { $0.contains(vlan) }) else { return described }
    return "\(described) (trunk \(range.written))"
  }
}

/// The VLANs of VM networks, alone or in a trunk.
private struct VLANSet: CustomStringConvertible {
  private var ranges: [ClosedRange<Int>] = []

  init(of attachments: [NetworkAttachmentFact]) {
    let used = attachments.lazy.filter(\.isVMNetwork).flatMap { $0.trunk + ($0.vlan > 0 ? [$0.vlan...$0.vlan] : []) }
    for range in used.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  /// `100, 200-210 and 300`.
  var description: String { ranges.map(\.written).englishList }
}

extension ClosedRange<Int> {
  fileprivate var written: String { count == 1 ? "\(lowerBound)" : "\(lowerBound)-\(upperBound)" }
}
