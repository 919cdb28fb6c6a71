/// A kind's address in the Kubernetes API, and the selection to request.
package struct Resource: Sendable, Equatable {
  /// Empty for the core group.
  package let group: String
  package let version: String
  package let plural: String
  package let kind: String
  /// The only namespace to read; nil for all, and for kinds without namespaces.
  package let namespace: String?
  /// Reduces what the API server sends; the objects are checked when they are read.
  package let labelSelector: String?
  /// The only object to read; nil for all.
  package let objectName: String?
  /// Whether only the metadata is requested (PartialObjectMetadata of meta.k8s.io/v1).
  package let isMetadataOnly: Bool
  /// The printed column with all that is read of an object beside its name; nil if more is read.
  package let statusColumn: String?

  /// The unambiguous name, as for kubectl, such as `nodes` or `nodes.longhorn.io`.
  package var name: String { group.isEmpty ? plural : "\(plural).\(group)" }

  init(
    _ group: String, _ version: String, _ plural: String, _ kind: String, namespace: String? = nil,
    labelSelector: String? = nil, objectName: String? = nil, isMetadataOnly: Bool = false, statusColumn: String? = nil
  ) {
    self.group = group
    self.version = version
    self.plural = plural
    self.kind = kind
    self.namespace = namespace
    self.labelSelector = labelSelector
    self.objectName = objectName
    self.isMetadataOnly = isMetadataOnly
    self.statusColumn = statusColumn
  }
}
