package import Addressing
internal import JSON

/// A NetworkAttachmentDefinition (k8s.cni.cncf.io/v1): a network that pods and virtual machines are attached to.
package struct NetworkAttachmentFact: Sendable, Equatable {
  /// The setting that Harvester created it for.
  package enum Owner: Sendable, Equatable {
    case storageNetwork
    case rwxNetwork
    case vmMigrationNetwork
  }

  package var namespace = ""
  package var name = ""
  /// Nil for networks that Harvester did not create.
  package var owner: Owner?
  /// An overlay network has no VLAN of the physical network.
  package var isOverlay = false
  package var clusterNetwork = ""
  /// 0 for untagged.
  package var vlan = 0
  /// Further VLANs that it carries.
  package var trunk: [ClosedRange<Int>] = []
  /// The addresses that Whereabouts allocates on it; nil if another plugin, or none, does.
  package var allocatable: AddressSet?
  /// The same by range: networks with the same range have one pool.
  package var ranges: [WhereaboutsRangeFact] = []
  package var reservationScope = ReservationScope.cluster
  /// The addresses of plugins that do not know Whereabouts' reservations: `host-local` and `static`.
  package var otherAddresses = AddressSet()
  package var route: RouteFact?
  /// The MTU of its interfaces; nil if it sets none.
  package var mtu: Int?

  package init() {}

  var isVMNetwork: Bool { owner == nil && !isOverlay }

  var described: String { "\(namespace)/\(name)" }

  /// Nil if the definition names no bridge of a cluster network.
  package var segment: VLANSegment? {
    clusterNetwork.isEmpty ? nil : VLANSegment(clusterNetwork: clusterNetwork, vlan: vlan)
  }

  /// Returns whether both share a broadcast domain.
  package func isOn(_ segment: VLANSegment) -> Bool {
    segment.carries(clusterNetwork: clusterNetwork, vlan: vlan)
  }

  /// What Whereabouts hands out on it after a look at the reservations of the storage network with this range.
  func addressesHandedOutOnce(beside range: IPv4Prefix) -> AddressSet {
    switch reservationScope {
    case .cluster: allocatable ?? AddressSet()
    case .pool: ranges.filter { $0.network == range }.reduce(AddressSet()) { $0.union($1.addresses) }
    case .named: AddressSet()
    }
  }

  /// What it hands out without such a look.
  func addressesHandedOutTwice(beside range: IPv4Prefix) -> AddressSet {
    switch reservationScope {
    case .cluster: otherAddresses
    case .pool: ranges.filter { $0.network != range }.reduce(otherAddresses) { $0.union($1.addresses) }
    case .named: otherAddresses.union(allocatable ?? AddressSet())
    }
  }

  func carries(vlan: Int) -> Bool { self.vlan == vlan || trunk.contains { $0.contains(vlan) } }
}

/// A range of a network that Whereabouts serves.
package struct WhereaboutsRangeFact: Sendable, Equatable {
  package let network: IPv4Prefix
  /// Without its exclusions, and from `range_start` to `range_end`.
  package let addresses: AddressSet

  package init(network: IPv4Prefix, addresses: AddressSet) {
    self.network = network
    self.addresses = addresses
  }
}

/// Where Whereabouts looks before it hands out an address.
package enum ReservationScope: Sendable, Equatable {
  /// At the reservations of every network without a name.
  case cluster
  /// At the pool of the range alone, as with `enable_overlapping_ranges` false.
  case pool
  /// At reservations of its own, as with a `network_name`, and with a pool for each node (`node_slice_size`) and
  /// `enable_overlapping_ranges` false.
  case named
}

/// How a VM network is routed (annotation `network.harvesterhci.io/route`).
package struct RouteFact: Sendable, Equatable {
  package var network: IPv4Prefix?
  package var gateway: IPv4Address?
  /// The DHCP server from which Harvester read the route, or that of managed DHCP.
  package var server: IPv4Address?

  package init(network: IPv4Prefix? = nil, gateway: IPv4Address? = nil, server: IPv4Address? = nil) {
    self.network = network
    self.gateway = gateway
    self.server = server
  }
}

/// The reservations of Whereabouts in one range (whereabouts.cni.cncf.io/v1alpha1 IPPool).
package struct AddressPoolFact: Sendable, Equatable {
  package struct Reservation: Sendable, Equatable {
    package let address: IPv4Address
    /// `NAMESPACE/NAME` of the pod.
    package let pod: String

    package init(address: IPv4Address, pod: String) {
      self.address = address
      self.pod = pod
    }

    /// Whether it is for a pod of Longhorn. Whether other pods exist is not known.
    package var isOfLonghorn: Bool { pod.hasPrefix("longhorn-system/") }
  }

  package var name: String
  /// The `network_name` of its networks; empty for networks without one.
  package var networkName: String
  package var range: IPv4Prefix
  /// Sorted by address.
  package var reservations: [Reservation]

  package init(name: String = "", networkName: String = "", range: IPv4Prefix, reservations: [Reservation]) {
    self.name = name
    self.networkName = networkName
    self.range = range
    self.reservations = reservations
  }
}
