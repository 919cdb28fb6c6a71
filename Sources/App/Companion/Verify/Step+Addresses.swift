internal import Addressing
internal import Rules

extension Inspection {
  var addressesAreAccountedFor: StepReport {
    guard let pool else {
      return StepReport(.addressesAreAccountedFor, .done, "no address of a storage network is in use")
    }
    var findings: [StepReport.Finding] = []
    if !pool.duplicates.isEmpty { findings.append(pool.findingOfDuplicates) }
    if !pool.unrecorded.isEmpty { findings.append(pool.findingOfUnrecorded) }
    if !pool.leaked.isEmpty { findings.append(pool.findingOfLeaked) }
    if !pool.strayReservations.isEmpty { findings.append(pool.findingOfStrayReservations) }
    if !pool.foreign.isEmpty {
      findings.append(.init("\(pool.foreign.count.of("address")) of other namespaces: \(pool.foreign.listed)"))
    }
    let isBroken = !pool.duplicates.isEmpty || !pool.unrecorded.isEmpty
    return StepReport(
      .addressesAreAccountedFor, isBroken ? .broken : findings.isEmpty ? .done : .warned, pool.explanation, findings)
  }
}

extension PoolReport {
  /// As Whereabouts names its pools.
  private var name: String { "\(range.network)-\(range.length)" }

  fileprivate var findingOfDuplicates: StepReport.Finding {
    .init(
      "handed out twice: \(duplicates.listed)",
      advice: "delete one pod of each pair, so that it is given another address")
  }

  fileprivate var findingOfUnrecorded: StepReport.Finding {
    .init(
      "not in the pool, so that Whereabouts may hand them out again: \(unrecorded.listed)",
      advice: "delete these pods, so that they are given an address that is recorded")
  }

  fileprivate var findingOfLeaked: StepReport.Finding {
    let offsets = leaked.map { "\($0.address.rawValue - range.first.rawValue)" }
    return .init(
      "leaked: \(leaked.listed)",
      advice: """
        Whereabouts' reconciler frees them once a day; at once: remove \(offsets.listed) under spec.allocations with \
        kubectl -n kube-system edit ippools.whereabouts.cni.cncf.io \(name)
        """)
  }

  /// They keep an address from every range that overlaps this one.
  fileprivate var findingOfStrayReservations: StepReport.Finding {
    let names = strayReservations.map { "\($0.address)" }.joined(separator: " ")
    return .init(
      "reserved over all ranges for pods that are gone: \(strayReservations.listed)",
      advice: "kubectl -n kube-system delete overlappingrangeipreservations.whereabouts.cni.cncf.io \(names)")
  }
}

extension [AddressPoolFact.Reservation] {
  fileprivate var listed: String { map { "\($0.address) (\($0.pod))" }.listed }
}
