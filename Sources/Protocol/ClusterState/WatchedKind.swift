internal import JSON
internal import KubeObjects
internal import Rules

/// The kinds of objects that the rules' facts come from: the one table of what is read from a cluster.
package enum WatchedKind: Int, CaseIterable, Sendable {
  case node
  case serviceCIDR
  case setting
  case virtualMachineInstance
  case virtualMachineImage
  case longhornNode
  case longhornSetting
  case backingImageDataSource

  package var resource: Resource {
    switch self {
    case .node: Resource("", "v1", "nodes", "Node")
    case .serviceCIDR: Resource("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR")
    case .setting: Resource("harvesterhci.io", "v1beta1", "settings", "Setting")
    case .virtualMachineInstance: Resource("kubevirt.io", "v1", "virtualmachineinstances", "VirtualMachineInstance")
    case .virtualMachineImage: Resource("harvesterhci.io", "v1beta1", "virtualmachineimages", "VirtualMachineImage")
    case .longhornNode: Resource("longhorn.io", "v1beta2", "nodes", "Node")
    case .longhornSetting: Resource("longhorn.io", "v1beta2", "settings", "Setting")
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

/// A kind's address in the Kubernetes API.
package struct Resource: Sendable, Equatable {
  /// Empty for the core group.
  package let group: String
  package let version: String
  package let plural: String
  package let kind: String

  init(_ group: String, _ version: String, _ plural: String, _ kind: String) {
    self.group = group
    self.version = version
    self.plural = plural
    self.kind = kind
  }
}
