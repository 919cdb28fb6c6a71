package import JSON
package import Rules

/// The state of a node for `verify`: whether Longhorn's pods can run on it.
package struct InspectedNode: Sendable, Equatable {
  package var name = ""
  /// The condition Ready; nil without one.
  package var isReady: Bool?
  package var isUnschedulable = false
  /// Harvester's state of the maintenance mode; empty without it.
  package var maintenance = ""

  package init() {}

  /// Why Longhorn cannot start its pods there.
  package var outage: NodeFact.Outage? {
    NodeFact.Outage(
      isInMaintenance: !maintenance.isEmpty, isReady: isReady ?? true, isCordoned: isUnschedulable)
  }
}

extension JSONReader {
  /// Reads a Kubernetes `Node` (v1) for its state. `Ready` is `Unknown` if the kubelet does not report.
  package mutating func readInspectedNode() throws(JSONError) -> InspectedNode {
    var node = InspectedNode()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        let metadata = try reader.readMetadata()
        node.name = metadata.name
        node.maintenance = metadata.annotations["harvesterhci.io/maintain-status"] ?? ""
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("unschedulable") { node.isUnschedulable = try reader.readBoolIfPresent() ?? false }
        }
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          guard key.equals("conditions") else { return }
          node.isReady = try reader.readCondition(ofType: "Ready").map { $0.condition.status == "True" }
        }
      }
    }
    return node
  }
}
