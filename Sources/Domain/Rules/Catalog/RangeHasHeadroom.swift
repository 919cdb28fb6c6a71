internal import Addressing

/// A range without spare addresses blocks the next node or the next images, and changing it later means stopping every
/// virtual machine.
enum RangeHasHeadroom: Rule {
  static let requirement = "The range has addresses for another node and for ten images at once."

  /// The number of images in the example of Harvester's documentation.
  private static let images = 10

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    // Harvester never applies the default, so no pod uses an address of it.
    guard plan.fields.field == .value else { return }
    let need = AddressRequirement(of: context.facts, choice: context.options.sizing)
    let spare = plan.available - need.total
    let disks = context.facts.storage.maxDisksPerNode
    let node = need.perAdditionalNode(withDisks: disks)
    guard spare >= 0, spare < node + images else { return }
    guard spare > 0 else {
      return findings.addWarning(
        """
        \(plan.fields.path(.range)): \(plan.range) has just the \(need.total) addresses that are needed now; the next \
        node, disk or image will find none; \(advice)
        """)
    }
    let nodes = spare / node
    let parts = [
      nodes > 0 ? nodes.counted("more node") + own(disks, nodes) : nil,
      spare > 1 ? (spare / 2).counted("more disk") : nil, "\(spare.counted("image")) transferred at once",
    ]
    findings.addWarning(
      """
      \(plan.fields.path(.range)): \(plan.range) has \(spare.counted("address")) to spare: enough for \
      \(parts.compactMap(\.self).joined(separator: ", or ")); \(advice)
      """)
  }

  /// The disks of additional nodes.
  private static func own(_ disks: Int, _ nodes: Int) -> String {
    disks == 0 ? "" : " with \(disks.counted("disk"))\(nodes == 1 ? "" : " each")"
  }

  private static let advice = "a larger range avoids another change later"
}
