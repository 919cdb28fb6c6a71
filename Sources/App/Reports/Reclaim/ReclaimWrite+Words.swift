internal import Addressing
package import JSON
internal import KubeObjects
internal import Rules

extension ReclaimWrite {
  /// What is removed, for a line of progress.
  package var description: String {
    switch self {
    case .release(let allocations, let pool):
      "\(allocations.map(\.reservation).englishList) of \(pool.object.name)"
    case .deleteReservation(let reservation):
      "the reservation \(reservation.object.name) (\(reservation.reservation.pod))"
    case .deletePool(let pool): "the pool \(pool.object.name)"
    }
  }

  /// The members of the JSON form.
  package var members: [JSONMember] {
    switch self {
    case .release(let allocations, let pool):
      [JSONMember("kind", "allocation")] + allocations.flatMap { $0.members(in: pool) }
    case .deleteReservation(let reservation): [JSONMember("kind", "reservation")] + reservation.members
    case .deletePool(let pool): [JSONMember("kind", "pool"), JSONMember("name", pool.object.name)]
    }
  }
}
