internal import Addressing
internal import KubeObjects
internal import Rules

/// Which networks use a pool.
struct StorageRanges {
  private let ownRange: IPv4Prefix?
  private let attachments: [NetworkAttachmentFact]

  init(of target: Target, _ attachments: [NetworkAttachmentFact]) {
    if case .network(let network) = target { ownRange = network.range } else { ownRange = nil }
    self.attachments = attachments
  }

  /// Whether a pool is of a range that no network has any more.
  func haveLeft(_ pool: InspectedAddressPool) -> Bool {
    pool.isUnnamed && pool.range != ownRange
      && !attachments.contains { $0.ranges.contains { $0.network == pool.range } }
  }

  /// The other networks that use the pool. A definition that an earlier change left behind is none.
  func others(using pool: InspectedAddressPool) -> [NetworkAttachmentFact] {
    attachments.filter { $0.owner != .storageNetwork && $0.ranges.contains { $0.network == pool.range } }
  }

  /// Whether Longhorn's entries in the pool are of the storage network, now or formerly.
  func include(_ pool: InspectedAddressPool) -> Bool { pool.isUnnamed && others(using: pool).isEmpty }

  /// The same of a reservation, which has no range.
  func include(_ reservation: InspectedReservation) -> Bool {
    reservation.isUnnamed && obstacle(to: reservation) == nil
  }

  /// The other networks that may hand its address out.
  func obstacle(to reservation: InspectedReservation) -> ReclaimPlan.Obstacle? {
    let others = attachments.filter { attachment in
      attachment.owner != .storageNetwork && attachment.ranges.contains { $0.network.contains(reservation.address) }
    }
    return others.isEmpty ? nil : .usedToo(by: others.map(\.reference))
  }

  /// Whether the pool is the present storage network's.
  func own(_ pool: InspectedAddressPool) -> Bool { pool.isUnnamed && pool.range == ownRange }

  func own(_ reservation: InspectedReservation) -> Bool {
    reservation.isUnnamed && ownRange?.contains(reservation.address) == true
  }

  /// Whether the pool is the storage network's, and another network's too.
  func share(_ pool: InspectedAddressPool) -> Bool { own(pool) && !others(using: pool).isEmpty }
}
