internal import KubeObjects

/// The kinds of objects behind the rules' facts: the one table of what is read from a cluster.
package enum WatchedKind: Int, CaseIterable, Sendable {
  case node
  case serviceCIDR
  case customResourceDefinition
  case persistentVolumeClaim
  case setting
  case virtualMachine
  case virtualMachineInstance
  case virtualMachineImage
  case clusterNetwork
  case vlanConfig
  case vlanStatus
  case hostNetworkConfig
  case dhcpPool
  case virtualIP
  case networkAttachmentDefinition
  case addressPool
  case addressReservation
  case longhornNode
  case longhornSetting
  case longhornVolume
  case longhornPod
  case backingImageDataSource

  package var resource: Resource {
    switch self {
    case .node: Resource("", "v1", "nodes", "Node")
    case .serviceCIDR: Resource("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR")
    case .customResourceDefinition:
      // Their schemas are most of an API server's data, and only their names are needed.
      Resource(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", isMetadataOnly: true)
    case .persistentVolumeClaim:
      Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", labelSelector: SystemClaim.labelSelector)
    case .setting: Resource("harvesterhci.io", "v1beta1", "settings", "Setting")
    // The columns that `kubectl get` prints of them: measured with 10,000 machines, a list of rows costs the API server a
    // third of a list of objects, and is half as long.
    case .virtualMachine:
      Resource("kubevirt.io", "v1", "virtualmachines", "VirtualMachine", statusColumn: "Status")
    case .virtualMachineInstance:
      Resource(
        "kubevirt.io", "v1", "virtualmachineinstances", "VirtualMachineInstance", statusColumn: "Phase")
    case .virtualMachineImage: Resource("harvesterhci.io", "v1beta1", "virtualmachineimages", "VirtualMachineImage")
    case .clusterNetwork: Resource("network.harvesterhci.io", "v1beta1", "clusternetworks", "ClusterNetwork")
    case .vlanConfig: Resource("network.harvesterhci.io", "v1beta1", "vlanconfigs", "VlanConfig")
    case .vlanStatus: Resource("network.harvesterhci.io", "v1beta1", "vlanstatuses", "VlanStatus")
    case .hostNetworkConfig:
      Resource("network.harvesterhci.io", "v1beta1", "hostnetworkconfigs", "HostNetworkConfig")
    case .dhcpPool: Resource("network.harvesterhci.io", "v1alpha1", "ippools", "IPPool")
    case .virtualIP:
      Resource("", "v1", "configmaps", "ConfigMap", namespace: VirtualIP.namespace, objectName: VirtualIP.name)
    case .networkAttachmentDefinition:
      Resource("k8s.cni.cncf.io", "v1", "network-attachment-definitions", "NetworkAttachmentDefinition")
    case .addressPool: Resource("whereabouts.cni.cncf.io", "v1alpha1", "ippools", "IPPool")
    case .addressReservation:
      Resource(
        "whereabouts.cni.cncf.io", "v1alpha1", "overlappingrangeipreservations", "OverlappingRangeIPReservation")
    case .longhornNode: Resource("longhorn.io", "v1beta2", "nodes", "Node")
    case .longhornSetting: Resource("longhorn.io", "v1beta2", "settings", "Setting")
    case .longhornVolume: Resource("longhorn.io", "v1beta2", "volumes", "Volume")
    // All pods of the namespace: each of them may have an address of the storage network.
    case .longhornPod: Resource("", "v1", "pods", "Pod", namespace: LonghornPod.namespace)
    case .backingImageDataSource:
      Resource("longhorn.io", "v1beta2", "backingimagedatasources", "BackingImageDataSource")
    }
  }

  /// Whether a living cluster has many of it and changes them all the time. Its requests have a connection of their own, whose
  /// events then cost the reads of one request instead of all.
  package var changesOften: Bool {
    switch self {
    case .virtualMachine, .virtualMachineInstance, .longhornVolume, .longhornPod: true
    default: false
    }
  }

  /// The proof that an API server does not serve a kind. A 404 alone proves nothing: an API server that is starting,
  /// and a path to no API server, return it for every kind.
  enum AbsenceProof {
    /// The list of CustomResourceDefinitions, from a server that has nodes.
    case definitions
    /// The discovery document of the kind's API group, from a server that has nodes.
    case discovery
  }

  /// Nil for the kinds that every Harvester has.
  var absenceProof: AbsenceProof? {
    switch self {
    case .serviceCIDR: .discovery
    case .hostNetworkConfig, .dhcpPool, .addressPool, .addressReservation: .definitions
    case .node, .customResourceDefinition, .persistentVolumeClaim, .setting, .virtualMachine, .virtualMachineInstance,
      .virtualMachineImage, .clusterNetwork, .vlanConfig, .vlanStatus, .virtualIP, .networkAttachmentDefinition,
      .longhornNode, .longhornSetting, .longhornVolume, .longhornPod, .backingImageDataSource:
      nil
    }
  }

  /// The kind with this group and kind name, in any version: the fields that are read are stable.
  init?(group: String, kind: String) {
    guard let known = Self.allCases.first(where: { $0.resource.group == group && $0.resource.kind == kind }) else {
      return nil
    }
    self = known
  }
}
