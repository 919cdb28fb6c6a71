internal import KubeObjects

/// The kinds of objects that the rules' facts come from: the one table of what is read from a cluster.
package enum WatchedKind: Int, CaseIterable, Sendable {
  case node
  case serviceCIDR
  case customResourceDefinition
  case persistentVolumeClaim
  case setting
  case virtualMachineInstance
  case virtualMachineImage
  case clusterNetwork
  case vlanConfig
  case vlanStatus
  case networkAttachmentDefinition
  case addressPool
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
      // Their schemas are most of what an API server holds, and only their names are asked for.
      Resource(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", isMetadataOnly: true)
    case .persistentVolumeClaim:
      Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", labelSelector: SystemClaim.labelSelector)
    case .setting: Resource("harvesterhci.io", "v1beta1", "settings", "Setting")
    case .virtualMachineInstance: Resource("kubevirt.io", "v1", "virtualmachineinstances", "VirtualMachineInstance")
    case .virtualMachineImage: Resource("harvesterhci.io", "v1beta1", "virtualmachineimages", "VirtualMachineImage")
    case .clusterNetwork: Resource("network.harvesterhci.io", "v1beta1", "clusternetworks", "ClusterNetwork")
    case .vlanConfig: Resource("network.harvesterhci.io", "v1beta1", "vlanconfigs", "VlanConfig")
    case .vlanStatus: Resource("network.harvesterhci.io", "v1beta1", "vlanstatuses", "VlanStatus")
    case .networkAttachmentDefinition:
      Resource("k8s.cni.cncf.io", "v1", "network-attachment-definitions", "NetworkAttachmentDefinition")
    case .addressPool: Resource("whereabouts.cni.cncf.io", "v1alpha1", "ippools", "IPPool")
    case .longhornNode: Resource("longhorn.io", "v1beta2", "nodes", "Node")
    case .longhornSetting: Resource("longhorn.io", "v1beta2", "settings", "Setting")
    case .longhornVolume: Resource("longhorn.io", "v1beta2", "volumes", "Volume")
    case .longhornPod:
      Resource(
        "", "v1", "pods", "Pod", namespace: LonghornPod.namespace, labelSelector: LonghornPod.labelSelector)
    case .backingImageDataSource:
      Resource("longhorn.io", "v1beta2", "backingimagedatasources", "BackingImageDataSource")
    }
  }

  /// The kind an object is of by its own words; the version does not matter, the fields that are read are stable.
  init?(group: String, kind: String) {
    guard let known = Self.allCases.first(where: { $0.resource.group == group && $0.resource.kind == kind }) else {
      return nil
    }
    self = known
  }
}

/// A kind's address in the Kubernetes API, and how much of it is asked for.
package struct Resource: Sendable, Equatable {
  /// Empty for the core group.
  package let group: String
  package let version: String
  package let plural: String
  package let kind: String
  /// The only namespace that is looked at; nil for all, and for kinds without namespaces.
  package let namespace: String?
  /// Narrows what the API server sends; the objects are looked at closely when they are read.
  package let labelSelector: String?
  /// True where the metadata alone is asked for (PartialObjectMetadata of meta.k8s.io/v1).
  package let isMetadataOnly: Bool

  /// As kubectl names it without doubt, such as `nodes` or `nodes.longhorn.io`.
  package var name: String { group.isEmpty ? plural : "\(plural).\(group)" }

  init(
    _ group: String, _ version: String, _ plural: String, _ kind: String, namespace: String? = nil,
    labelSelector: String? = nil, isMetadataOnly: Bool = false
  ) {
    self.group = group
    self.version = version
    self.plural = plural
    self.kind = kind
    self.namespace = namespace
    self.labelSelector = labelSelector
    self.isMetadataOnly = isMetadataOnly
  }
}
