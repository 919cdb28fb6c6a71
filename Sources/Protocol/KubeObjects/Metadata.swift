package import JSON

/// The metadata that a rule uses.
package struct Metadata: Sendable, Equatable {
  package var namespace = ""
  package var name = ""
  package var labels: [String: String] = [:]
  package var annotations: [String: String] = [:]
  package var isBeingDeleted = false
  /// Empty unless it is asked for.
  package var uid = ""

  package init() {}

  /// The labels and annotations to keep; objects have many more, and large ones.
  static let labelsKept: [StaticString] = [
    "app", "app.kubernetes.io/name", "longhorn.io/component", "network.harvesterhci.io/clusternetwork",
    "network.harvesterhci.io/type", "node-role.harvesterhci.io/witness",
  ]
  static let annotationsKept: [StaticString] = [
    "harvesterhci.io/maintain-status", "k8s.v1.cni.cncf.io/network-status", "k8s.v1.cni.cncf.io/networks",
    "network.harvesterhci.io/matched-nodes", "network.harvesterhci.io/route",
    "rwx-network.settings.harvesterhci.io", "storage-network.settings.harvesterhci.io",
    "storage-network.settings.harvesterhci.io/replica", "vm-migration-network.settings.harvesterhci.io",
  ]
}

extension JSONReader {
  /// - Parameters:
  ///   - hasAllLabels: Whether labels are kept that only a selector may name.
  ///   - hasUID: Whether the uid is kept, which no rule reads.
  package mutating func readMetadata(hasAllLabels: Bool = false, hasUID: Bool = false) throws(JSONError) -> Metadata {
    var metadata = Metadata()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("name") {
        metadata.name = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("namespace") {
        metadata.namespace = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("labels") {
        metadata.labels = try reader.readEntries(named: hasAllLabels ? nil : Metadata.labelsKept)
      } else if key.equals("annotations") {
        metadata.annotations = try reader.readEntries(named: Metadata.annotationsKept)
      } else if key.equals("deletionTimestamp") {
        metadata.isBeingDeleted = try reader.readStringIfPresent()?.string ?? "" != ""
      } else if hasUID, key.equals("uid") {
        metadata.uid = try reader.readStringIfPresent()?.string ?? ""
      }
    }
    return metadata
  }

  /// - Parameter names: Nil for all entries.
  private mutating func readEntries(named names: [StaticString]?) throws(JSONError) -> [String: String] {
    var entries: [String: String] = [:]
    try readMembers { key, reader throws(JSONError) in
      guard let names else {
        entries[key.string] = try reader.readStringIfPresent()?.string
        return
      }
      for name in names where key.equals(name) {
        entries["\(name)"] = try reader.readStringIfPresent()?.string
      }
    }
    return entries
  }
}
