package import Addressing
internal import ClusterState
internal import KubeObjects
package import Rules

/// The reservations of Whereabouts' pool compared with the addresses of pods.
package struct PoolReport: Sendable, Equatable {
  package typealias Entry = AddressPoolFact.Reservation

  package let range: IPv4Prefix
  package let usable: Int
  /// The usable addresses that are handed out.
  package let used: Int
  /// Those of them that are handed out to pods that are gone.
  package let gone: Int
  /// Entries of pods that no longer exist or have another address.
  package let leaked: [Entry]
  /// Entries of pods of other namespaces, which are not read.
  package let otherNamespaces: [Entry]
  /// Addresses of more than one pod.
  package let duplicates: [Entry]
  /// Addresses of one pod without an entry in the pool.
  package let unrecorded: [Entry]
  /// Cluster-wide reservations of pods that no longer exist or have another address.
  package let orphanedReservations: [Entry]

  /// Whether a pool of the range exists to compare the pods with.
  package let isKnown: Bool

  init(of network: Target.Network, _ usage: RangeUsage, _ extraFacts: VerifyFacts) {
    range = network.range
    usable = usage.usable.count
    used = usage.taken.count
    gone = usage.leaked.count
    // Named networks have pools and reservations of their own.
    let own = extraFacts.pools.filter { $0.isUnnamed && $0.range == network.range }
    isKnown = !own.isEmpty
    let entries = own.flatMap(\.allocations).map(\.reservation)
    otherNamespaces = entries.filter { !$0.isOfLonghorn }
    let holders = ReservationHolders(extraFacts.pods.map(\.heldAddresses))
    leaked = entries.filter(holders.haveLeaked)
    orphanedReservations = extraFacts.reservationObjects.filter(\.isUnnamed).map(\.reservation).filter {
      network.range.contains($0.address) && holders.haveLeaked($0)
    }
    // The address of a terminating pod may already be assigned to the next one.
    let held = extraFacts.pods.filter { !$0.isBeingDeleted }.flatMap { pod in
      pod.addresses(on: network.definition).filter(network.range.contains).map {
        Entry(address: $0, pod: pod.reference)
      }
    }
    let counts = Dictionary(held.map { ($0.address, 1) }, uniquingKeysWith: +)
    duplicates = held.filter { counts[$0.address, default: 0] > 1 }.sorted { $0.address < $1.address }
    let recorded = Set(entries.map(\.address))
    unrecorded = held.filter { !recorded.contains($0.address) && counts[$0.address] == 1 }
  }

  /// The usage of the pool in words.
  var explanation: String {
    "\(used) of \(usable.counted("address")) of \(range) \(used == 1 ? "is" : "are") handed out"
      + (gone == 0 ? "" : ", \(gone) of them to pods that are gone")
  }
}

extension InspectedPod {
  fileprivate func addresses(on network: String) -> [IPv4Address] {
    interfaces.filter { $0.network == network }.flatMap(\.addresses).compactMap { try? IPv4Address($0) }
  }
}
