/// A cluster network (network.harvesterhci.io/v1beta1) and the nodes on which it cannot carry the storage network.
///
/// A class although immutable: each evaluation copies one out of the facts, which then costs one reference count.
package final class ClusterNetworkFact: Sendable {
  package let name: String
  /// The condition `ready`; nil without one.
  package let isReady: Bool?
  /// The nodes that no VlanConfig matches, without witnesses.
  package let nodesWithoutConfig: [String]
  /// The nodes that a VlanConfig matches and that have a VlanStatus that is not ready, or no VlanStatus. The outdated
  /// VlanStatus of a node that none matches does not count.
  package let nodesNotUp: [String]
  /// The VlanConfigs that match a node, with the MTUs of their uplinks.
  package let configs: [VLANConfigFact]
  /// The VlanStatuses of the nodes that are not up.
  package let statusesNotUp: [VLANStatusFact]

  private init(
    name: String, isReady: Bool?, nodesWithoutConfig: [String], nodesNotUp: [String], configs: [VLANConfigFact],
    statusesNotUp: [VLANStatusFact]
  ) {
    self.name = name
    self.isReady = isReady
    self.nodesWithoutConfig = nodesWithoutConfig
    self.nodesNotUp = nodesNotUp
    self.configs = configs
    self.statusesNotUp = statusesNotUp
  }

  /// Returns the cluster networks, joined with their VlanConfigs, their VlanStatuses and the nodes.
  package static func join(
    _ networks: [ClusterNetworkCondition], _ configs: [VLANConfigFact], _ statuses: [VLANStatusFact],
    _ nodes: [NodeFact]
  ) -> [ClusterNetworkFact] {
    networks.map { network in
      // A config that matches no node adds nothing.
      let configs = configs.filter { $0.clusterNetwork == network.name && !$0.nodes.isEmpty }
      let matched = Set(configs.lazy.flatMap(\.nodes))
      let own = statuses.filter { $0.clusterNetwork == network.name }
      let up = Set(own.lazy.filter(\.isReady).map(\.node))
      let down = Set(own.lazy.filter { !$0.isReady }.map(\.node))
      let storing = nodes.lazy.filter { !$0.isWitness }.map(\.name)
      let notUp = Array(storing.filter { matched.contains($0) && (down.contains($0) || !up.contains($0)) })
      return ClusterNetworkFact(
        name: network.name, isReady: network.isReady, nodesWithoutConfig: storing.filter { !matched.contains($0) },
        nodesNotUp: notUp, configs: configs, statusesNotUp: own.filter { !$0.isReady && notUp.contains($0.node) })
    }
  }
}

/// A cluster network without its VlanConfigs and VlanStatuses.
package struct ClusterNetworkCondition: Sendable, Equatable {
  package var name: String
  package var isReady: Bool?

  package init(name: String, isReady: Bool? = nil) {
    self.name = name
    self.isReady = isReady
  }
}

/// A VlanConfig: the nodes on which a cluster network has an uplink.
package struct VLANConfigFact: Sendable, Equatable {
  package var name: String
  package var clusterNetwork: String
  package var nodes: [String]
  /// In bytes.
  package var mtu: Int

  /// The MTU that Harvester's network controller sets for a VlanConfig without one or with 0.
  package static let defaultMTU = 1500

  package init(name: String = "", clusterNetwork: String, nodes: [String], mtu: Int = defaultMTU) {
    self.name = name
    self.clusterNetwork = clusterNetwork
    self.nodes = nodes
    self.mtu = mtu
  }
}

/// A VlanStatus: whether a cluster network's uplink works on one node.
package struct VLANStatusFact: Sendable, Equatable {
  package var clusterNetwork: String
  package var node: String
  package var isReady: Bool
  package var name: String
  /// The reason for not being ready; possibly empty.
  package var message: String

  package init(clusterNetwork: String, node: String, isReady: Bool, name: String = "", message: String = "") {
    self.clusterNetwork = clusterNetwork
    self.node = node
    self.isReady = isReady
    self.name = name
    self.message = message
  }
}
