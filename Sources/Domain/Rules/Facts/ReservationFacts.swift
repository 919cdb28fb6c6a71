package import Addressing

/// The addresses that Whereabouts does not allocate because they are reserved, by pool entries and by reservations over all
/// ranges. Named networks (`network_name`) have separate reservations and are left out.
package struct ReservationFacts: Sendable, Equatable {
  /// Every reserved address.
  package private(set) var all = AddressSet()
  /// The reserved addresses without those of Longhorn's existing pods, which are released during a change.
  package private(set) var kept = AddressSet()
  /// The entries of `kept`, sorted by address.
  package private(set) var entries: [Entry] = []

  package struct Entry: Sendable, Equatable {
    package let address: IPv4Address
    /// `NAMESPACE/NAME` of the pod.
    package let pod: String
    /// The pools with an entry for the address.
    package var pools: [String] = []
    /// Whether an OverlappingRangeIPReservation exists for the address.
    package var isReservedOverAll = false

    /// Whether it is a pod of Longhorn. Whether pods of other namespaces exist is not known.
    package var isOfLonghorn: Bool { pod.hasPrefix("longhorn-system/") }
  }

  package init() {}

  package init(
    pools: [AddressPoolFact], reservations: [AddressPoolFact.Reservation], longhornPods: [LonghornPodAddresses]
  ) {
    let holders = Dictionary(longhornPods.map { ($0.reference, $0) }) { first, _ in first }
    var kept: [IPv4Address: Entry] = [:]
    var reserved: [IPv4Address] = []
    func add(_ reservation: AddressPoolFact.Reservation, _ change: (inout Entry) -> Void) {
      reserved.append(reservation.address)
      if holders[reservation.pod]?.mayOwn(reservation.address) == true { return }
      change(&kept[reservation.address, default: Entry(address: reservation.address, pod: reservation.pod)])
    }
    for pool in pools where pool.networkName.isEmpty {
      for reservation in pool.reservations { add(reservation) { $0.pools.append(pool.name) } }
    }
    for reservation in reservations { add(reservation) { $0.isReservedOverAll = true } }
    all = AddressSet(reserved)
    self.kept = AddressSet(Array(kept.keys))
    entries = kept.values.sorted { $0.address < $1.address }
  }
}

/// The addresses of a pod in Longhorn's namespace.
package struct LonghornPodAddresses: Sendable, Equatable {
  /// `NAMESPACE/NAME`, as in Whereabouts' reservations.
  package var reference: String
  /// Nil until Multus reports them.
  package var addresses: [IPv4Address]?

  package init(reference: String, addresses: [IPv4Address]? = nil) {
    self.reference = reference
    self.addresses = addresses
  }

  /// Returns whether the pod may have this address: one without reported interfaces may have any.
  func mayOwn(_ address: IPv4Address) -> Bool { addresses?.contains(address) ?? true }
}
