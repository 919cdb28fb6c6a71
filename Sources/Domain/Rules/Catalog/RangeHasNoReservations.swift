internal import Addressing

/// Reservations of deleted pods count against the range until they are removed. Those of Longhorn's existing pods are
/// released during the change.
enum RangeHasNoReservations: Rule {
  static let requirement = "Whereabouts keeps no address of the range for other pods."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let first = plan.kept.first,
      plan.available >= AddressRequirement(of: context.facts, choice: context.options.sizing).total,
      let example = context.facts.reservations.entries.first(where: { $0.address == first })
    else { return }
    let pod = example.pod.isEmpty ? "" : " for \(example.pod.truncated(to: Warning.maxNameLength))"
    findings.addWarning(
      """
      \(plan.fields.path(.range)): Whereabouts keeps \(plan.kept.count) of \(plan.usable.count.counted("usable address")) for \
      \(plan.reservationHolders(in: context)), such as \(first)\(pod); \(plan.available) are left
      """)
  }
}

extension AddressPlan {
  private func keptEntries(in context: EvaluationContext) -> [ReservationFacts.Entry] {
    context.facts.reservations.entries.filter { usable.contains($0.address) }
  }

  /// The pods that addresses are kept for. Whether a pod of another namespace still exists is not known.
  func reservationHolders(in context: EvaluationContext) -> String {
    let fields = keptEntries(in: context)
    if fields.allSatisfy(\.isOfLonghorn) { return "pods that are gone" }
    return fields.contains(where: \.isOfLonghorn)
      ? "pods that are gone or not Longhorn's" : "pods that are not Longhorn's"
  }

  /// The commands that release the addresses of Longhorn's deleted pods.
  func commandsToFree(in context: EvaluationContext) -> String {
    let fields = keptEntries(in: context)
    let reserved = fields.filter(\.isReservedOverAll).map { "\($0.address)" }
    let pools = Set(fields.flatMap(\.pools)).sorted()
    let edits = pools.map { pool in
      """
      remove the entries of \(fields.filter { $0.pools.contains(pool) }.map { "\($0.address)" }.englishList) under \
      spec.allocations with kubectl -n kube-system edit ippools.whereabouts.cni.cncf.io \(pool)
      """
    }
    let deletion =
      reserved.isEmpty
      ? []
      : [
        "kubectl -n kube-system delete overlappingrangeipreservations.whereabouts.cni.cncf.io "
          + reserved.joined(separator: " ")
      ]
    return (edits + deletion).joined(separator: ", and ")
  }
}
