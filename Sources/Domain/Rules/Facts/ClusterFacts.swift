package import Addressing

/// The facts of a cluster at one time, as the rules need them.
///
/// Facts that join several lists are computed once for each state of the cluster, not for each review.
package struct ClusterFacts: Sendable {
  package var nodes: [NodeFact] = [] {
    didSet {
      nodeAddresses = nodes.flatMap(\.addresses)
      podNetworks = nodes.flatMap(\.podNetworks)
    }
  }
  /// The addresses of all nodes.
  private(set) var nodeAddresses: [IPv4Address] = []
  private(set) var podNetworks: [IPv4Prefix] = []
  package var storage = StorageFact()
  package var serviceNetworks: [ServiceNetworkFact] = []
  package var unstoppedMachines = UnstoppedMachines()
  /// The images whose upload or download has not ended.
  package var imageTransfers: [ImageTransferFact] = []
  /// The Longhorn data sources whose file has not been transferred.
  package var dataSourceTransfers: [DataSourceFact] = []
  package var volumesInUse = VolumesInUse()
  package var clusterNetworks: [ClusterNetworkFact] = []
  package var attachments: [NetworkAttachmentFact] = []
  package var addressPools: [AddressPoolFact] = []
  /// Whereabouts' reservations, in the pools and over all ranges.
  package var reservations = ReservationFacts()
  package var hostNetworks: [HostNetworkFact] = []
  package var dhcpPools: [DHCPPoolFact] = []
  /// The cluster's virtual IP; nil if there is none or it is not IPv4.
  package var virtualAddress: IPv4Address?
  /// The networks of other settings that must not share an address with the storage network.
  package var otherSettingNetworks: [OtherSettingNetwork] = []
  /// The settings of such networks that are invalid.
  package var unreadableSettings: [UnreadableSetting] = []
  /// The names of the installed CustomResourceDefinitions.
  package var installedDefinitions: [String] = [] {
    didSet { missingDefinitions = WhereaboutsIsInstalled.definitions.filter { !installedDefinitions.contains($0) } }
  }
  /// The required definitions that are not installed.
  private(set) var missingDefinitions = WhereaboutsIsInstalled.definitions
  /// The stored storage-network setting; nil if there is none.
  package var storageNetwork: SettingObject?
  /// Longhorn's progress with the last change.
  package var longhorn = LonghornNetworkFact()
  /// The value of the setting `server-version`, such as `v1.6.1`; nil if unknown.
  package var serverVersion: String? {
    didSet { version = serverVersion.flatMap(HarvesterVersion.init(serverVersion:)) }
  }
  package private(set) var version: HarvesterVersion?
  /// Whether rwx-network shares the storage network.
  package var rwxSharesStorageNetwork = false
  /// Whether Longhorn's own settings place RWX volumes on the storage network.
  package var longhornSharesStorageNetwork = false
  /// Whether each node's CSI plugin needs an address of the storage network.
  package var rwxVolumesUseStorageNetwork: Bool { rwxSharesStorageNetwork || longhornSharesStorageNetwork }
  /// Whether Longhorn's setting `v2-data-engine` is on.
  package var v2DataEngineIsOn = false

  package init() {}
}

/// The facts as one object, so that a review copies one reference and not two dozen.
package final class SharedFacts: Sendable {
  package let facts: ClusterFacts

  package init(_ facts: ClusterFacts) {
    self.facts = facts
  }
}

/// A Kubernetes node.
package struct NodeFact: Sendable, Equatable {
  package var name: String
  /// A witness votes in etcd and runs no Longhorn pod.
  package var isWitness: Bool
  package var podNetworks: [IPv4Prefix]
  /// The IPv4 addresses of type InternalIP.
  package var addresses: [IPv4Address]
  /// Why no pod can start there; nil for an available node.
  package var outage: Outage?
  package var labels: [String: String] = [:]

  package enum Outage: Sendable, Equatable {
    case notReady
    /// Harvester's maintenance mode.
    case maintenance
    case cordoned

    /// The outage that explains the others: Harvester cordons a node in maintenance, which is often switched off.
    package init?(isInMaintenance: Bool, isReady: Bool, isCordoned: Bool) {
      if isInMaintenance {
        self = .maintenance
      } else if !isReady {
        self = .notReady
      } else if isCordoned {
        self = .cordoned
      } else {
        return nil
      }
    }
  }

  package init(
    name: String, isWitness: Bool = false, podNetworks: [IPv4Prefix] = [], addresses: [IPv4Address] = [],
    outage: Outage? = nil
  ) {
    self.name = name
    self.isWitness = isWitness
    self.podNetworks = podNetworks
    self.addresses = addresses
    self.outage = outage
  }
}

/// A network of Service addresses (networking.k8s.io/v1 ServiceCIDR).
package struct ServiceNetworkFact: Sendable, Equatable {
  package var name: String
  package var network: IPv4Prefix

  package init(name: String, network: IPv4Prefix) {
    self.name = name
    self.network = network
  }
}

/// An image that is being uploaded or downloaded.
package struct ImageTransferFact: Sendable, Equatable {
  package var namespace: String
  package var name: String
  package var displayName: String
  /// In percent, 0 to 100; nil if unknown.
  package var progress: Int?

  package init(namespace: String, name: String, displayName: String, progress: Int?) {
    self.namespace = namespace
    self.name = name
    self.displayName = displayName
    self.progress = progress
  }
}

/// A Longhorn backing image data source whose transfer is in progress.
package struct DataSourceFact: Sendable, Equatable {
  package var namespace: String
  package var name: String
  /// Longhorn's name of the state; possibly empty.
  package var state: String

  package init(namespace: String, name: String, state: String) {
    self.namespace = namespace
    self.name = name
    self.state = state
  }
}
