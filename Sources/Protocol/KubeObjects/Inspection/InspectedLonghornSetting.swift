package import JSON

/// One of Longhorn's settings that select the network of its pods.
package struct InspectedLonghornSetting: Sendable, Equatable {
  package static let storageNetwork = "storage-network"
  /// Longhorn 1.7 to 1.10 (Harvester v1.4 to v1.7): whether RWX volumes also use the storage network.
  package static let storageNetworkForRWX = "storage-network-for-rwx-volume-enabled"
  /// Longhorn 1.11 and later (Harvester v1.8): the network of RWX volumes.
  package static let endpointNetworkForRWX = "endpoint-network-for-rwx-volume"

  package var name = ""
  package var value = ""
  /// Whether Longhorn has applied it; nil before Longhorn 1.6, which does not report it.
  package var isApplied: Bool?

  package init() {}
}

extension JSONReader {
  /// Reads Longhorn's own `Setting` (longhorn.io/v1beta2); nil unless it selects a network.
  package mutating func readInspectedLonghornSetting() throws(JSONError) -> InspectedLonghornSetting? {
    var setting = InspectedLonghornSetting()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        setting.name = try reader.readMetadata().name
      } else if key.equals("value") {
        setting.value = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("applied") { setting.isApplied = try reader.readBoolIfPresent() }
        }
      }
    }
    let known = [
      InspectedLonghornSetting.storageNetwork, InspectedLonghornSetting.storageNetworkForRWX,
      InspectedLonghornSetting.endpointNetworkForRWX,
    ]
    return known.contains(setting.name) ? setting : nil
  }
}
