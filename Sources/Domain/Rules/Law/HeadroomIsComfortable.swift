internal import Addressing

/// A range that just fits today stops the next node or the next ten images. The range cannot be changed without
/// stopping every virtual machine, so it is worth knowing now.
enum HeadroomIsComfortable: Rule {
  static let demand = "The range has room for another node and for ten images at once."

  /// The count in the example of Harvester's documentation.
  private static let images = 10

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    let need = AddressNeed(of: world.facts, choice: world.options.sizing)
    let spare = plan.usable.count - need.total
    let disks = world.facts.storage.mostDisksOfNode
    let node = need.ofAnotherNode(withDisks: disks)
    guard spare >= 0, spare < node + images else { return }
    guard spare > 0 else {
      return findings.warn(
        """
        \(plan.entries.path(.range)): \(plan.range) has just the \(need.total) addresses that are needed now; the next \
        node, disk or image will find none
        """)
    }
    findings.warn(
      """
      \(plan.entries.path(.range)): \(plan.range) has \(spare.of("address")) to spare: enough for \
      \((spare / node).of("more node")) with \(disks.of("disk")) each, or \((spare / 2).of("more disk")), or \
      \(spare.of("image")) transferred at once
      """)
  }
}
