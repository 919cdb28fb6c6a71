internal import Addressing

/// Reservations that pods left behind count against the range until somebody removes them.
enum AddressesAreFree: Rule {
  static let demand = "Whereabouts has reserved no address of the range yet."

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    var reserved: [AddressPoolFact.Reservation] = []
    for pool in world.facts.addressPools where pool.range.overlaps(plan.range) {
      reserved += pool.reservations.filter { plan.usable.contains($0.address) }
    }
    guard let example = reserved.first else { return }
    let pod = example.pod.isEmpty ? "" : " for \(example.pod.cut(to: Warning.longestName))"
    findings.warn(
      """
      \(plan.entries.path(.range)): Whereabouts already has \(reserved.count.of("reservation")) in \(plan.range), such \
      as \(example.address)\(pod); see \
      kubectl -n kube-system get ippools.whereabouts.cni.cncf.io
      """)
  }
}
