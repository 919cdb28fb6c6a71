internal import Addressing

/// Reservations that pods left behind count against the range until somebody removes them.
enum RangeHasNoReservations: Rule {
  static let requirement = "Whereabouts has reserved no address of the range yet."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    var reserved: [AddressPoolFact.Reservation] = []
    for pool in context.facts.addressPools where pool.range.overlaps(plan.range) {
      reserved += pool.reservations.filter { plan.usable.contains($0.address) }
    }
    guard let example = reserved.first else { return }
    let pod = example.pod.isEmpty ? "" : " for \(example.pod.truncated(to: Warning.maxNameLength))"
    findings.addWarning(
      """
      \(plan.fields.path(.range)): Whereabouts already has \(reserved.count.counted("reservation")) in \(plan.range), such \
      as \(example.address)\(pod); see \
      kubectl -n kube-system get ippools.whereabouts.cni.cncf.io
      """)
  }
}
