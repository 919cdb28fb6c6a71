package import Addressing
internal import ClusterState
internal import KubeObjects
package import Rules

/// Whereabouts' books compared with the pods: who has an address, who only has an entry.
package struct PoolReport: Sendable, Equatable {
  package typealias Entry = AddressPoolFact.Reservation

  package let range: IPv4Prefix
  package let usable: Int
  /// Entries of the pool.
  package let used: Int
  /// Entries for pods that do not exist any more or have another address.
  package let leaked: [Entry]
  /// Entries for pods of other namespaces, which are not looked at.
  package let foreign: [Entry]
  /// Addresses on more than one pod.
  package let duplicates: [Entry]
  /// Addresses on one pod that the pool has no entry for.
  package let unrecorded: [Entry]
  /// Reservations over all ranges, for pods that do not exist any more or have another address.
  package let strayReservations: [Entry]

  init(of network: Target.Network, _ pools: [AddressPoolFact], _ seen: InspectionFacts) {
    range = network.range
    usable = network.usable.count
    let entries = pools.filter { $0.range == network.range }.flatMap(\.reservations)
    used = entries.count
    let pods = Dictionary(seen.pods.map { ($0.reference, $0) }) { first, _ in first }
    foreign = entries.filter { !$0.pod.hasPrefix("\(LonghornPod.namespace)/") }
    func isLeaked(_ entry: Entry) -> Bool {
      entry.pod.hasPrefix("\(LonghornPod.namespace)/") && !(pods[entry.pod]?.mayHold(entry.address) ?? false)
    }
    leaked = entries.filter(isLeaked)
    strayReservations = seen.reservations.filter { network.range.contains($0.address) && isLeaked($0) }
    let held = seen.pods.flatMap { pod in
      pod.addresses(on: network.definition).filter(network.range.contains).map {
        Entry(address: $0, pod: pod.reference)
      }
    }
    let counts = Dictionary(held.map { ($0.address, 1) }, uniquingKeysWith: +)
    duplicates = held.filter { counts[$0.address, default: 0] > 1 }.sorted { $0.address < $1.address }
    let recorded = Set(entries.map(\.address))
    unrecorded = held.filter { !recorded.contains($0.address) && counts[$0.address] == 1 }
  }

  /// How full it is, in words.
  var explanation: String {
    "\(used) of \(usable.of("address")) of \(range) \(used == 1 ? "is" : "are") handed out"
      + (leaked.isEmpty ? "" : ", \(leaked.count) of them to pods that are gone")
  }
}

extension InspectedPod {
  /// A pod whose interfaces are not known yet may have been given any address.
  fileprivate func mayHold(_ address: IPv4Address) -> Bool {
    interfaces.isEmpty || interfaces.contains { $0.addresses.contains(address.description) }
  }

  fileprivate func addresses(on network: String) -> [IPv4Address] {
    interfaces.filter { $0.network == network }.flatMap(\.addresses).compactMap { try? IPv4Address($0) }
  }
}

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
