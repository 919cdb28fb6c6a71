internal import Addressing
internal import JSON

/// The ranges of a host-local IPAM configuration.
///
/// <https://www.cni.dev/plugins/current/ipam/host-local/>
enum HostLocalRanges {
  /// Returns the allocatable addresses: `ranges` is a list of lists, and one range may be at the top level.
  static func addresses(of ipam: JSONValue) -> AddressSet {
    var ranges = [ipam]
    if case .array(let sets)? = ipam["ranges"] {
      for case .array(let set) in sets { ranges += set }
    }
    return ranges.compactMap(addresses(ofRange:)).reduce(AddressSet()) { $0.union($1) }
  }

  /// Returns a range's addresses and its gateway, which is not allocated but is a router's address on the same VLAN.
  private static func addresses(ofRange range: JSONValue) -> AddressSet? {
    guard let subnet = range["subnet"]?.string.flatMap({ try? CIDR($0).network }) else { return nil }
    var addresses = AddressSet(usableIn: subnet)
    if let first = range["rangeStart"]?.address, subnet.contains(first) { addresses.remove(below: first) }
    if let last = range["rangeEnd"]?.address, subnet.contains(last) { addresses.remove(above: last) }
    return range["gateway"]?.address.map { addresses.union(AddressSet([$0])) } ?? addresses
  }
}

/// The addresses of a static IPAM configuration.
///
/// <https://www.cni.dev/plugins/current/ipam/static/>
enum StaticAddresses {
  static func addresses(of ipam: JSONValue) -> AddressSet {
    guard case .array(let entries)? = ipam["addresses"] else { return AddressSet() }
    return AddressSet(entries.flatMap { [$0["address"]?.address, $0["gateway"]?.address].compactMap(\.self) })
  }
}

extension JSONValue {
  /// The IPv4 address of a string with or without a prefix length.
  var address: IPv4Address? {
    string.flatMap { text in (try? IPv4Address(text)) ?? (try? CIDR(text).address) }
  }
}
