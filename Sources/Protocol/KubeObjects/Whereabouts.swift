internal import Addressing
package import JSON
package import Rules

/// The ranges of an IPAM configuration of Whereabouts.
///
/// <https://github.com/k8snetworkplumbingwg/whereabouts/blob/master/doc/extended-configuration.md>
enum WhereaboutsRanges {
  /// What it hands out: one range at the top and any number under `ipRanges`; IPv6 ranges are left out.
  static func addresses(of ipam: JSONValue) -> AddressSet {
    var ranges = [ipam]
    if case .array(let more)? = ipam["ipRanges"] { ranges += more }
    return ranges.compactMap(addresses(ofRange:)).reduce(AddressSet()) { $0.union($1) }
  }

  private static func addresses(ofRange range: JSONValue) -> AddressSet? {
    guard let written = range["range"]?.string else { return nil }
    // `192.168.2.10-192.168.2.20/24` names the first and the last address before the network.
    let ends = written.split(separator: "-", maxSplits: 1).map(String.init)
    guard let cidr = try? CIDR(ends.last ?? "") else { return nil }
    var addresses = AddressSet(usableIn: cidr.network)
    let first = ends.count == 2 ? ends[0] : range["range_start"]?.string
    let last = ends.count == 2 ? "\(cidr.address)" : range["range_end"]?.string
    if let first = first.flatMap({ try? IPv4Address($0) }) { addresses.remove(below: first) }
    if let last = last.flatMap({ try? IPv4Address($0) }) { addresses.remove(above: last) }
    if case .array(let exclusions)? = range["exclude"] {
      addresses.subtract(exclusions.compactMap { $0.string.flatMap { try? CIDR($0).network } })
    }
    return addresses
  }
}

extension JSONReader {
  /// Reads an `IPPool` (whereabouts.cni.cncf.io/v1alpha1); nil for an IPv6 one.
  ///
  /// An allocation's key is the address's distance from the beginning of the range.
  package mutating func readAddressPool() throws(JSONError) -> AddressPoolFact? {
    var range: IPv4Prefix?
    var allocations: [(offset: UInt32, pod: String)] = []
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("spec") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("range") {
          range = try? CIDR(try reader.readStringIfPresent()?.string ?? "").network
        } else if key.equals("allocations") {
          allocations = try reader.readAllocations()
        }
      }
    }
    guard let range else { return nil }
    let reservations = allocations.filter { $0.offset < range.addresses.count }.sorted { $0.offset < $1.offset }
    return AddressPoolFact(
      range: range,
      reservations: reservations.map { allocation in
        .init(address: IPv4Address(rawValue: range.first.rawValue + allocation.offset), pod: allocation.pod)
      })
  }

  private mutating func readAllocations() throws(JSONError) -> [(offset: UInt32, pod: String)] {
    var allocations: [(offset: UInt32, pod: String)] = []
    try readMembers { key, reader throws(JSONError) in
      guard let offset = UInt32(key.string) else { return }
      var pod = ""
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("podref") { pod = try reader.readStringIfPresent()?.string ?? "" }
      }
      allocations.append((offset, pod))
    }
    return allocations
  }
}

extension JSONReader {
  /// Reads an `OverlappingRangeIPReservation` (whereabouts.cni.cncf.io/v1alpha1), whose name is the address; nil for an
  /// IPv6 one.
  package mutating func readAddressReservation() throws(JSONError) -> AddressPoolFact.Reservation? {
    var name = ""
    var pod = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        name = try reader.readMetadata().name
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("podref") { pod = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    // Named networks come before the address: `storage-192.168.0.5`.
    guard let address = try? IPv4Address(String(name.split(separator: "-").last ?? "")) else { return nil }
    return AddressPoolFact.Reservation(address: address, pod: pod)
  }
}
