package import Addressing

/// The addresses of the storage network's range and their reservations: one account for `verify`, `plan` and the metrics.
package struct RangeUsage: Sendable, Equatable {
  /// The addresses that Whereabouts may allocate. The definition may exclude more than the setting does.
  package let usable: AddressSet
  /// The usable addresses with a reservation.
  package let taken: AddressSet
  /// The taken addresses without those of Longhorn's existing pods.
  package let kept: AddressSet
  /// The kept addresses that are reserved for pods of Longhorn.
  package let leaked: AddressSet

  package init(of network: Target.Network, in facts: borrowing ClusterFacts) {
    let attachment = facts.attachments.first { $0.described == network.definition }
    usable = attachment?.allocatable.map { $0.intersection(network.usable) } ?? network.usable
    taken = usable.intersection(facts.reservations.all)
    kept = usable.intersection(facts.reservations.kept)
    leaked = usable.intersection(facts.reservations.leaked)
  }

  package var free: Int { usable.count - taken.count }
  /// The number of addresses for Longhorn's pods, as the rules count it for a new value.
  package var available: Int { usable.count - kept.count }
}
