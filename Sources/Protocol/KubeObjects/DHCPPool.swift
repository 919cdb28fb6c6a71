internal import Addressing
package import JSON
package import Rules

extension JSONReader {
  /// Reads an `IPPool` of managed DHCP (network.harvesterhci.io/v1alpha1).
  package mutating func readDHCPPool() throws(JSONError) -> DHCPPoolFact {
    var pool = DHCPPoolFact()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        let metadata = try reader.readMetadata()
        pool.namespace = metadata.namespace
        pool.name = metadata.name
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("networkName") {
            pool.network = try reader.readStringIfPresent()?.string ?? ""
          } else if key.equals("ipv4Config") {
            pool.apply(try reader.readValue())
          }
        }
      }
    }
    // A name without a namespace is of the namespace default, wherever the pool is.
    if !pool.network.contains("/") { pool.network = "default/\(pool.network)" }
    return pool
  }
}

extension DHCPPoolFact {
  fileprivate mutating func apply(_ configuration: JSONValue) {
    server = configuration["serverIP"]?.address
    router = configuration["router"]?.address
    subnet = configuration["cidr"]?.string.flatMap { try? CIDR($0).network }
    guard let pool = configuration["pool"], let first = pool["start"]?.address, let last = pool["end"]?.address,
      first <= last
    else { return }
    addresses = AddressSet(AddressInterval(first, last))
    if case .array(let exclusions)? = pool["exclude"] {
      addresses.subtract(AddressSet(exclusions.compactMap(\.address)))
    }
  }
}
