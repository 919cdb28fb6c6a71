package import Addressing

/// An IPPool of Harvester's managed DHCP (network.harvesterhci.io/v1alpha1): addresses for virtual machines.
package struct DHCPPoolFact: Sendable, Equatable {
  package var namespace = ""
  package var name = ""
  /// `NAMESPACE/NAME` of its NetworkAttachmentDefinition.
  package var network = ""
  package var server: IPv4Address?
  package var router: IPv4Address?
  package var subnet: IPv4Prefix?
  /// The allocatable addresses, without exclusions.
  package var addresses = AddressSet()

  package init() {}

  var described: String { "\(namespace)/\(name)" }

  /// The pool's addresses with those of its server and its router.
  package var allAddresses: AddressSet { addresses.union(AddressSet([server, router].compactMap(\.self))) }
}
