package import Addressing

/// The addresses that Whereabouts does not allocate because they are reserved, by pool entries and by reservations over all
/// ranges. Named networks (`network_name`) have separate reservations and are left out.
package struct ReservationFacts: Sendable, Equatable {
  /// Every reserved address.
  package private(set) var all = AddressSet()
  /// The reserved addresses without those of Longhorn's existing pods, which are released during a change.
  package private(set) var kept = AddressSet()
  /// The addresses of `kept` that are reserved for pods of Longhorn, which no longer exist or have another address.
  package private(set) var leaked = AddressSet()
  /// The entries of `kept`, sorted by address.
  package private(set) var entries: [Entry] = []

  package struct Entry: Sendable, Equatable {
    package let address: IPv4Address
    /// `NAMESPACE/NAME` of the pod.
    package let pod: String
    /// Its entries in pools.
    package var places: [Place] = []
    /// Whether an OverlappingRangeIPReservation has its name.
    package var isReservedOverAll = false

    package struct Place: Sendable, Equatable {
      package let pool: String
      /// The key under `spec.allocations`: the offset of the address in the pool's range.
      package let key: UInt32
    }

    /// Whether a pod of Longhorn had it. Whether other pods exist is not known.
    package var isOfLonghorn: Bool { AddressPoolFact.Reservation(address: address, pod: pod).isOfLonghorn }
  }

  package init() {}

  package init(
    pools: [AddressPoolFact], reservations: [AddressPoolFact.Reservation], longhornPods: [LonghornPodAddresses]
  ) {
    let holders = ReservationHolders(longhornPods)
    var kept: [IPv4Address: Entry] = [:]
    var reserved: [IPv4Address] = []
    var leaked: [IPv4Address] = []
    func add(_ reservation: AddressPoolFact.Reservation, _ change: (inout Entry) -> Void) {
      reserved.append(reservation.address)
      if holders.mayHold(reservation) { return }
      if holders.haveLeaked(reservation) { leaked.append(reservation.address) }
      change(&kept[reservation.address, default: Entry(address: reservation.address, pod: reservation.pod)])
    }
    for pool in pools where pool.networkName.isEmpty {
      for reservation in pool.reservations {
        let place = Entry.Place(pool: pool.name, key: reservation.address.rawValue - pool.range.first.rawValue)
        add(reservation) { $0.places.append(place) }
      }
    }
    for reservation in reservations { add(reservation) { $0.isReservedOverAll = true } }
    all = AddressSet(reserved)
    self.kept = AddressSet(Array(kept.keys))
    self.leaked = AddressSet(leaked)
    entries = kept.values.sorted { $0.address < $1.address }
  }
}

extension ReservationFacts {
  func entries(in addresses: AddressSet) -> [Entry] { entries.filter { addresses.contains($0.address) } }

  /// The pods that some of these addresses are kept for, in words. Whether a pod of another namespace still exists is not
  /// known.
  package func holders(of addresses: AddressSet) -> String {
    let entries = entries(in: addresses)
    if entries.allSatisfy(\.isOfLonghorn) { return "pods that are gone" }
    return entries.contains(where: \.isOfLonghorn)
      ? "pods that are gone or not Longhorn's" : "pods that are not Longhorn's"
  }
}

/// Longhorn's existing pods as the holders of reservations.
package struct ReservationHolders: Sendable {
  private let pods: [String: LonghornPodAddresses]

  package init(_ pods: [LonghornPodAddresses]) {
    self.pods = Dictionary(pods.map { ($0.reference, $0) }) { first, _ in first }
  }

  /// Returns whether one of the pods may have the address, and releases it when it ends.
  package func mayHold(_ reservation: AddressPoolFact.Reservation) -> Bool {
    // Whereabouts before 0.5 notes a pod without its namespace.
    let pod =
      pods[reservation.pod] ?? (reservation.pod.contains("/") ? nil : pods["longhorn-system/\(reservation.pod)"])
    return pod?.mayOwn(reservation.address) == true
  }

  /// Returns whether a pod of Longhorn had the address that does not exist or has another one now.
  package func haveLeaked(_ reservation: AddressPoolFact.Reservation) -> Bool {
    reservation.isOfLonghorn && !mayHold(reservation)
  }
}

/// The addresses that a pod of Longhorn's namespace has.
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
