package import Addressing
package import JSON

/// The ConfigMap with the cluster's virtual IP.
package enum VirtualIP {
  package static let namespace = "harvester-system"
  package static let name = "vip"
}

extension JSONReader {
  /// Reads the `ConfigMap` (v1) of the virtual IP; nil for any other, if it is switched off,
  /// and if the address is not IPv4.
  package mutating func readVirtualIP() throws(JSONError) -> IPv4Address? {
    var metadata = Metadata()
    var text = ""
    var isEnabled = true
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("data") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("ip") {
            text = try reader.readStringIfPresent()?.string ?? ""
          } else if key.equals("enabled") {
            isEnabled = try reader.readStringIfPresent()?.string.lowercased() != "false"
          }
        }
      }
    }
    guard isEnabled, metadata.namespace == VirtualIP.namespace, metadata.name == VirtualIP.name else { return nil }
    return (try? IPv4Address(text)) ?? (try? CIDR(text).address)
  }
}
