internal import Addressing
internal import ClusterState
package import KubeObjects
package import Rules

/// What Whereabouts keeps of the storage network for pods that are gone.
///
/// Only what is certain is part of it: entries of Longhorn's pods, whose list is complete. Whether pods of other namespaces
/// exist is not known.
package struct ReclaimPlan: Sendable, Equatable {
  /// A pool with the entries to remove.
  package struct LeakedPool: Sendable, Equatable {
    package let pool: InspectedAddressPool
    package let allocations: [InspectedAddressPool.Allocation]
  }

  /// A pool that is left alone, because another network uses it too.
  package struct SharedPool: Sendable, Equatable {
    package let leaked: LeakedPool
    package let networks: [String]
  }

  /// What seems to be leaked of the storage network, and is left alone.
  package struct LeftAlone: Sendable, Equatable {
    /// The pool that has the entry, or the reservation itself.
    package let object: WrittenObject
    package let reservation: AddressPoolFact.Reservation
    package let obstacle: Obstacle
  }

  /// Why it is left alone.
  package enum Obstacle: Sendable, Hashable {
    case usedToo(by: [String])
    /// Its address may change.
    case podIsNotReady
    case noPodName
  }

  package let target: Target
  package let pools: [LeakedPool]
  package let sharedPools: [SharedPool]
  /// Entries of the storage network's pool, besides those of `sharedPools`.
  package let entriesLeftAlone: [LeftAlone]
  /// Reservations over all ranges.
  package let reservationsLeftAlone: [LeftAlone]
  /// Reservations over all ranges.
  package let reservations: [InspectedReservation]
  /// Pools without entries, of ranges that no network uses.
  package let emptyPools: [InspectedAddressPool]
  /// Those of `pools` that no network uses: they are empty afterwards, unless others have entries too.
  package let formerPools: [InspectedAddressPool]
  /// Entries of the storage network's pool for pods of other namespaces, which are left alone.
  package let otherNamespaces: [AddressPoolFact.Reservation]
  /// The number of addresses that Whereabouts can hand out afterwards.
  package let addressCount: Int
  /// The pods of Longhorn that exist, by reference, with their uid: they have other addresses than the entries to remove.
  let uids: [String: String]
  /// Why nothing may be removed now; nil if it may.
  package let refusal: Refusal?
  /// Whether pods wait for an address, and Harvester has done its part: to free some is the way on.
  package let endsExhaustion: Bool

  package struct Refusal: Sendable, Equatable {
    package let reason: String
    package let advice: String
  }

  /// Whether something seems to be leaked, and is left alone.
  var leavesSome: Bool { !sharedPools.isEmpty || !entriesLeftAlone.isEmpty || !reservationsLeftAlone.isEmpty }

  package var isEmpty: Bool { pools.isEmpty && reservations.isEmpty && emptyPools.isEmpty }
}

extension ReclaimPlan {
  package init(of input: VerifyInput) {
    let extraFacts = input.extraFacts
    let leaks = Leaks(extraFacts.pods)
    let ranges = StorageRanges(of: input.target, input.facts.attachments)
    target = input.target
    let leakedPools = extraFacts.pools.compactMap { pool in
      let leaked = pool.allocations.filter { leaks.isCertain($0.reservation) }
      return leaked.isEmpty ? nil : LeakedPool(pool: pool, allocations: leaked)
    }
    let pools = leakedPools.filter { ranges.include($0.pool) }
    self.pools = pools
    sharedPools = leakedPools.filter { ranges.share($0.pool) }.map {
      SharedPool(leaked: $0, networks: ranges.others(using: $0.pool).map(\.reference))
    }
    reservations = extraFacts.reservationObjects.filter {
      ranges.include($0) && leaks.isCertain($0.reservation)
    }
    entriesLeftAlone = extraFacts.pools.filter(ranges.own).flatMap { pool in
      pool.allocations.compactMap { LeftAlone(pool.object, $0.reservation, leaks.doubt(about: $0.reservation)) }
    }
    reservationsLeftAlone = extraFacts.reservationObjects.filter(ranges.own).compactMap { known in
      LeftAlone(
        known.object, known.reservation,
        leaks.isCertain(known.reservation) ? ranges.obstacle(to: known) : leaks.doubt(about: known.reservation))
    }
    formerPools = pools.filter { ranges.haveLeft($0.pool) && $0.allocations.count == $0.pool.allocations.count }
      .map(\.pool)
    emptyPools = extraFacts.pools.filter { $0.isEmpty && ranges.haveLeft($0) }
    otherNamespaces = extraFacts.pools.filter(ranges.include).flatMap(\.allocations).map(\.reservation)
      .filter { !$0.isOfLonghorn }
    uids = Dictionary(extraFacts.pods.map { ($0.reference, $0.uid) }) { first, _ in first }
    addressCount = Self.addresses(pools, reservations, in: extraFacts)
    endsExhaustion = input.canEndExhaustion
    refusal = input.reasonAgainstReclaiming ?? Self.reasonWithoutVersions(pools, reservations, emptyPools)
  }

  /// Counts the addresses that nothing else keeps.
  private static func addresses(
    _ pools: [LeakedPool], _ reservations: [InspectedReservation], in extraFacts: VerifyFacts
  ) -> Int {
    let leaked = pools.flatMap(\.allocations).map(\.reservation) + reservations.map(\.reservation)
    let all =
      extraFacts.pools.filter(\.isUnnamed).flatMap(\.allocations).map(\.reservation)
      + extraFacts.reservationObjects.filter(\.isUnnamed).map(\.reservation)
    let kept = all.filter { !leaked.contains($0) }.map(\.address)
    return Set(leaked.map(\.address)).subtracting(kept).count
  }

  private static func reasonWithoutVersions(
    _ pools: [LeakedPool], _ reservations: [InspectedReservation], _ emptyPools: [InspectedAddressPool]
  ) -> Refusal? {
    let objects = pools.map(\.pool.object) + reservations.map(\.object) + emptyPools.map(\.object)
    guard let object = objects.first(where: { $0.resourceVersion.isEmpty || $0.uid.isEmpty }) else { return nil }
    return Refusal(
      reason: "\(object.name) has no uid or resourceVersion, so that a change in the meantime would not be noticed",
      advice: "take the snapshot with kubectl get -o yaml")
  }
}

extension ReclaimPlan.LeftAlone {
  /// Nil without an obstacle.
  init?(_ object: WrittenObject, _ reservation: AddressPoolFact.Reservation, _ obstacle: ReclaimPlan.Obstacle?) {
    guard let obstacle else { return nil }
    self.init(object: object, reservation: reservation, obstacle: obstacle)
  }
}

/// Which reservations have leaked.
private struct Leaks {
  private let proven: ReservationHolders
  private let held: ReservationHolders

  init(_ pods: [InspectedPod]) {
    proven = ReservationHolders(pods.map(\.provenAddresses))
    held = ReservationHolders(pods.map(\.heldAddresses))
  }

  /// The pod's name becomes part of paths and commands.
  func isCertain(_ reservation: AddressPoolFact.Reservation) -> Bool {
    proven.haveLeaked(reservation) && reservation.podName.isObjectName
  }

  /// Nil for a reservation that has certainly leaked, or has not.
  func doubt(about reservation: AddressPoolFact.Reservation) -> ReclaimPlan.Obstacle? {
    guard held.haveLeaked(reservation) else { return nil }
    guard reservation.podName.isObjectName else { return .noPodName }
    return proven.haveLeaked(reservation) ? nil : .podIsNotReady
  }
}

extension AddressPoolFact.Reservation {
  /// Without the namespace.
  package var podName: String {
    String(pod.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).last ?? "")
  }
}

extension String {
  /// Whether Kubernetes would accept it as an object's name.
  ///
  /// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names>
  fileprivate var isObjectName: Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
    guard let first = utf8.first, let last = utf8.last, utf8.count <= 253 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && utf8.allSatisfy { isAlphanumeric($0) || "-.".utf8.contains($0) }
  }
}
