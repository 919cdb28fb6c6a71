package import Addressing

/// The addresses of a range and their reservations: one account for `apply`, `verify`, `plan` and the metrics.
package struct RangeUsage: Sendable, Equatable {
  /// The addresses that Whereabouts may allocate.
  package let usable: AddressSet
  /// The usable addresses with a reservation.
  package let taken: AddressSet
  /// The taken addresses without those of Longhorn's existing pods, which release them during a change: the leaked ones, and
  /// those that are reserved for pods that are not Longhorn's.
  package let kept: AddressSet
  /// The kept addresses that are reserved for pods of Longhorn.
  package let leaked: AddressSet

  /// The usage of the present storage network, whose definition may exclude more than the setting does.
  package init(of network: Target.Network, in facts: borrowing ClusterFacts) {
    let attachment = facts.attachments.first { $0.described == network.definition }
    self.init(of: attachment?.allocatable.map { $0.intersection(network.usable) } ?? network.usable, in: facts)
  }

  package init(of usable: AddressSet, in facts: borrowing ClusterFacts) {
    self.usable = usable
    taken = usable.intersection(facts.reservations.all)
    kept = usable.intersection(facts.reservations.kept)
    leaked = usable.intersection(facts.reservations.leaked)
  }

  package var free: Int { usable.count - taken.count }
  /// The number of addresses for Longhorn's pods after a change: what the rules compare with the need.
  package var available: Int { usable.count - kept.count }
}
