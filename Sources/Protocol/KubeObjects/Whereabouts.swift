internal import Addressing
package import JSON
package import Rules

/// The ranges of a Whereabouts IPAM configuration.
///
/// <https://github.com/k8snetworkplumbingwg/whereabouts/blob/master/doc/extended-configuration.md>
enum WhereaboutsRanges {
  /// Returns the ranges with their allocatable addresses: one at the top level and any number under `ipRanges`, without
  /// IPv6.
  static func ranges(of ipam: JSONValue) -> [WhereaboutsRangeFact] {
    var ranges = [ipam]
    if case .array(let more)? = ipam["ipRanges"] { ranges += more }
    return ranges.compactMap(range)
  }

  private static func range(_ range: JSONValue) -> WhereaboutsRangeFact? {
    guard let written = range["range"]?.string else { return nil }
    // `192.168.2.10-192.168.2.20/24` has the first and the last address before the prefix length.
    let ends = written.split(separator: "-", maxSplits: 1).map(String.init)
    guard let cidr = try? CIDR(ends.last ?? "") else { return nil }
    var addresses = AddressSet(usableIn: cidr.network)
    let start = ends.count == 2 ? ends[0] : range["range_start"]?.string
    let end = ends.count == 2 ? "\(cidr.address)" : range["range_end"]?.string
    // An end outside the range or before its start is ignored, as in Whereabouts.
    if let start = start.flatMap({ try? IPv4Address($0) }), addresses.contains(start) { addresses.remove(below: start) }
    if let end = end.flatMap({ try? IPv4Address($0) }), addresses.contains(end) { addresses.remove(above: end) }
    if case .array(let exclusions)? = range["exclude"] {
      addresses.subtract(exclusions.compactMap { $0.string.flatMap(exclusion) })
    }
    return WhereaboutsRangeFact(network: cidr.network, addresses: addresses)
  }

  /// Parses an exclusion; without a mask it is one address.
  private static func exclusion(_ text: String) -> IPv4Prefix? {
    (try? CIDR(text).network) ?? (try? IPv4Address(text)).map { IPv4Prefix(containing: $0, length: 32) }
  }

  /// Returns where it looks for reservations; other networks see its own in the same places.
  static func reservationScope(of ipam: JSONValue) -> ReservationScope {
    if ipam["network_name"]?.string ?? "" != "" { return .named }
    guard case .bool(false)? = ipam["enable_overlapping_ranges"] else { return .cluster }
    return ipam["node_slice_size"]?.string ?? "" == "" ? .pool : .named
  }
}

extension JSONReader {
  /// Reads an `IPPool` (whereabouts.cni.cncf.io/v1alpha1); nil for an IPv6 one.
  ///
  /// An allocation's key is the offset of the address in the range.
  package mutating func readAddressPool() throws(JSONError) -> AddressPoolFact? {
    var name = ""
    var range: IPv4Prefix?
    var allocations: [(offset: UInt32, pod: String)] = []
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") { name = try reader.readMetadata().name }
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
    // A pool's name is its range, after the network's name if it has one.
    let suffix = "-\(range.network)-\(range.length)"
    return AddressPoolFact(
      name: name, networkName: name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : "", range: range,
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
  /// IPv6 one, and for a named network, whose reservations are separate.
  package mutating func readCommonReservation() throws(JSONError) -> AddressPoolFact.Reservation? {
    let (name, pod) = try readReservation()
    return (try? IPv4Address(name)).map { AddressPoolFact.Reservation(address: $0, pod: pod) }
  }

  private mutating func readReservation() throws(JSONError) -> (name: String, pod: String) {
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
    return (name, pod)
  }
}
