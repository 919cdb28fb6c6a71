internal import Addressing
package import JSON
internal import KubeObjects
internal import Rules

// docs/cli.md documents the members. New ones may be added; none is renamed.
extension ReclaimPlan {
  package var members: [JSONMember] {
    [
      JSONMember("addresses", addressCount),
      JSONMember(
        "allocations",
        pools.flatMap { leaked in leaked.allocations.map { $0.members(in: leaked.pool) } }),
      JSONMember("reservations", reservations.map(\.members)),
      JSONMember("emptyPools", emptyPools.map(\.object.name)),
      JSONMember("otherNamespaces", otherNamespaces.map(\.members)),
      JSONMember(
        "sharedPools",
        sharedPools.map { shared in
          [
            JSONMember("pool", shared.leaked.pool.object.name),
            JSONMember("allocations", shared.leaked.allocations.map { $0.members(in: shared.leaked.pool) }),
            JSONMember("networks", shared.networks),
          ]
        }),
      JSONMember("leftAlone", (entriesLeftAlone + reservationsLeftAlone).map(\.members)),
    ]
  }
}

extension ReclaimPlan.LeftAlone {
  fileprivate var members: [JSONMember] {
    [JSONMember("name", object.name)] + reservation.members + [JSONMember("reason", obstacle.words)]
  }
}

extension InspectedAddressPool.Allocation {
  func members(in pool: InspectedAddressPool) -> [JSONMember] {
    [JSONMember("pool", pool.object.name), JSONMember("key", key)] + reservation.members
  }
}

extension InspectedReservation {
  var members: [JSONMember] { [JSONMember("name", object.name)] + reservation.members }
}

extension AddressPoolFact.Reservation {
  fileprivate var members: [JSONMember] { [JSONMember("address", address.description), JSONMember("pod", pod)] }
}
