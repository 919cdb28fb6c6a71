package import JSON

/// The state of a VlanStatus for `verify`: whether a cluster network's uplink works on a node, and its message.
package struct InspectedUplink: Sendable, Equatable {
  package var clusterNetwork = ""
  package var node = ""
  package var isReady = false
  /// The message of the failed condition; possibly empty.
  package var message = ""

  package init() {}
}

extension JSONReader {
  /// Reads a `VlanStatus` (network.harvesterhci.io/v1beta1).
  package mutating func readInspectedUplink() throws(JSONError) -> InspectedUplink {
    var uplink = InspectedUplink()
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("status") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("clusterNetwork") {
          uplink.clusterNetwork = try reader.readStringIfPresent()?.string ?? ""
        } else if key.equals("node") {
          uplink.node = try reader.readStringIfPresent()?.string ?? ""
        } else if key.equals("conditions") {
          uplink.apply(try reader.readConditions())
        }
      }
    }
    return uplink
  }
}

extension InspectedUplink {
  fileprivate mutating func apply(_ conditions: [Condition]) {
    let ready = conditions.first { $0.type == "ready" }
    isReady = ready?.status == "True"
    guard !isReady else { return }
    let failing = [ready].compactMap(\.self) + conditions.filter { $0.type != "ready" && $0.status != "True" }
    message = failing.lazy.flatMap { [$0.message, $0.reason] }.first { !$0.isEmpty } ?? ""
  }
}
