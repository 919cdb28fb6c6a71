package import Addressing
package import JSON
package import Rules

/// An IPPool of Whereabouts with what a write needs: the version that was read, and each entry as it is stored.
package struct InspectedAddressPool: Sendable, Equatable {
  package struct Allocation: Sendable, Equatable {
    /// The key under `spec.allocations`: the offset of the address in the range.
    package let key: String
    package let reservation: AddressPoolFact.Reservation
    /// The stored entry as JSON.
    package let entry: String
  }

  package let object: WrittenObject
  package let range: IPv4Prefix
  /// Whether the pool is of networks without a `network_name`, and not of one node alone.
  package let isUnnamed: Bool
  /// Sorted by address.
  package let allocations: [Allocation]
  /// Whether there is no entry at all, those that cannot be read included.
  package let isEmpty: Bool

  /// Nil for an IPv6 pool.
  package init?(_ value: JSONValue) {
    guard let object = WrittenObject(value),
      let range = value["spec"]?["range"]?.string.flatMap({ try? CIDR($0).network })
    else { return nil }
    self.object = object
    self.range = range
    isUnnamed = object.name == "\(range.network)-\(range.length)"
    var entries: [JSONMember] = []
    if case .object(let members)? = value["spec"]?["allocations"] { entries = members }
    isEmpty = entries.isEmpty
    allocations = entries.compactMap { Allocation($0, in: range) }.sorted {
      $0.reservation.address < $1.reservation.address
    }
  }
}

extension InspectedAddressPool.Allocation {
  /// Nil for a key that is no address of the range.
  fileprivate init?(_ member: JSONMember, in range: IPv4Prefix) {
    guard let offset = UInt32(member.key), offset < range.addresses.count else { return nil }
    var writer = JSONWriter()
    writer.append(sorted: member.value)
    key = member.key
    entry = String(decoding: writer.bytes, as: UTF8.self)
    reservation = AddressPoolFact.Reservation(
      address: IPv4Address(rawValue: range.first.rawValue + offset), pod: member.value["podref"]?.string ?? "")
  }
}

/// An OverlappingRangeIPReservation of Whereabouts with what a write needs.
package struct InspectedReservation: Sendable, Equatable {
  package let object: WrittenObject
  package let reservation: AddressPoolFact.Reservation
  /// Whether it is of networks without a `network_name`: otherwise its name begins with that.
  package let isUnnamed: Bool

  package var address: IPv4Address { reservation.address }

  /// Nil for an IPv6 one.
  package init?(_ value: JSONValue) {
    guard let object = WrittenObject(value),
      let address = try? IPv4Address(String(object.name.split(separator: "-").last ?? ""))
    else { return nil }
    self.object = object
    isUnnamed = object.name == address.description
    reservation = AddressPoolFact.Reservation(address: address, pod: value["spec"]?["podref"]?.string ?? "")
  }
}

/// What identifies a stored object for a write that must not hit another version of it.
package struct WrittenObject: Sendable, Equatable {
  package let namespace: String
  package let name: String
  package let uid: String
  package let resourceVersion: String

  /// Nil for an object without a name.
  init?(_ value: JSONValue) {
    let metadata = value["metadata"]
    guard let name = metadata?["name"]?.string, !name.isEmpty else { return nil }
    self.name = name
    namespace = metadata?["namespace"]?.string ?? ""
    uid = metadata?["uid"]?.string ?? ""
    resourceVersion = metadata?["resourceVersion"]?.string ?? ""
  }
}
