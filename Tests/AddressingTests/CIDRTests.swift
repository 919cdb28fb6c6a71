import Testing

@testable import Addressing

@Suite struct `IPv4 addresses and CIDRs` {
  @Test(arguments: [
    ("0.0.0.0", 0), ("255.255.255.255", UInt32.max), ("192.168.0.1", 0xC0A8_0001), ("10.52.0.0", 0x0A34_0000),
    ("1.2.3.4", 0x0102_0304),
  ]) func `an address is parsed from four decimal numbers`(_ text: String, _ value: UInt32) throws {
    #expect(try IPv4Address(text).rawValue == value)
    #expect(IPv4Address(rawValue: value).description == text)
  }

  @Test(arguments: [
    ("192.168.0.0/24", "192.168.0.0/24", false), ("192.168.0.5/24", "192.168.0.0/24", true),
    ("0.0.0.0/0", "0.0.0.0/0", false), ("255.255.255.255/32", "255.255.255.255/32", false),
    ("192.168.14.1/23", "192.168.14.0/23", true), ("1.2.3.4/0", "0.0.0.0/0", true),
  ]) func `a CIDR keeps its address and computes its network`(
    _ text: String, _ network: String, _ hasHostBits: Bool
  ) throws {
    let cidr = try CIDR(text)
    #expect(cidr.description == text)
    #expect(cidr.network.description == network)
    #expect(cidr.hasHostBits == hasHostBits)
  }

  @Test(arguments: [
    ("", AddressError.Problem.empty, 0), ("/24", .badNumber, 0), ("192.168.0.0", .missingPrefixLength, 11),
    ("192.168.0/24", .badNumber, 9), ("192.168.0.0/33", .badPrefixLength, 12),
    ("192.168.0.0/", .badPrefixLength, 12), ("192.168.0.0/024", .badPrefixLength, 12),
    ("192.168.0.0/-1", .badPrefixLength, 12), ("256.0.0.0/8", .numberTooLarge, 0), ("1.2.3.256/8", .numberTooLarge, 6),
    ("01.2.3.4/8", .badNumber, 0), ("1.2.3.4 /8", .trailingText, 7), (" 1.2.3.4/8", .badNumber, 0),
    ("1.2.3.4/8 ", .trailingText, 9), ("1.2.3.4.5/8", .trailingText, 7), ("fd00::/64", .looksLikeIPv6, 0),
    ("::ffff:1.2.3.4/96", .looksLikeIPv6, 0), ("192.168.0.0/255.255.255.0", .badPrefixLength, 12),
    ("a.b.c.d/8", .badNumber, 0), ("1.2.3.4/٢", .badPrefixLength, 8), ("99999999999.0.0.0/8", .numberTooLarge, 0),
    ("1.2.3.4\\8", .trailingText, 7),
  ]) func `an invalid CIDR is rejected with the offset of the error`(
    _ text: String, _ problem: AddressError.Problem, _ offset: Int
  ) {
    #expect(throws: AddressError(problem: problem, offset: offset)) { try CIDR(text) }
  }
}

@Suite struct `Networks` {
  /// The networks of every address within 16, by enumeration: the slow oracle.
  static let small: [IPv4Prefix] = (28...32).flatMap { length in
    stride(from: 0, to: 16, by: 1 << (32 - length)).map {
      IPv4Prefix(containing: IPv4Address(rawValue: 0x0A00_0000 + UInt32($0)), length: length)
    }
  }

  static func enumerate(_ network: IPv4Prefix) -> Set<UInt32> {
    Set((0..<(1 << (32 - network.length))).map { network.network.rawValue + UInt32($0) })
  }

  @Test func `overlap and containment agree with enumeration`() {
    for one in Self.small {
      for other in Self.small {
        let shared = Self.enumerate(one).intersection(Self.enumerate(other))
        #expect(one.overlaps(other) == !shared.isEmpty)
        #expect(one.contains(other) == (shared.count == Self.enumerate(other).count))
      }
    }
  }

  @Test func `subtraction agrees with enumeration`() {
    let whole = IPv4Prefix(containing: IPv4Address(rawValue: 0x0A00_0000), length: 28)
    for one in Self.small {
      for other in Self.small {
        var set = AddressSet(usableIn: whole)
        set.subtract(one)
        set.subtract(other)
        let expected = Self.enumerate(whole).subtracting([whole.first.rawValue, whole.last.rawValue])
          .subtracting(Self.enumerate(one)).subtracting(Self.enumerate(other))
        var atOnce = AddressSet(usableIn: whole)
        atOnce.subtract([other, one])
        #expect(atOnce == set)
        #expect(set.count == expected.count)
        #expect(set.first?.rawValue == expected.min())
        #expect(set.isEmpty == expected.isEmpty)
        for raw in Self.enumerate(whole) {
          #expect(set.contains(IPv4Address(rawValue: raw)) == expected.contains(raw))
        }
      }
    }
  }

  @Test func `intersection agrees with enumeration`() {
    for one in Self.small {
      for other in Self.small {
        let shared = AddressSet(one.addresses).intersection(AddressSet(other.addresses))
        #expect(shared.count == Self.enumerate(one).intersection(Self.enumerate(other)).count)
      }
    }
  }

  @Test(arguments: [
    ("10.0.0.0/16", 65_534), ("192.168.0.0/24", 254), ("192.168.0.0/29", 6), ("192.168.0.0/30", 2),
    ("192.168.0.0/31", 0), ("192.168.205.0/32", 0), ("0.0.0.0/0", 4_294_967_294),
  ]) func `the first and the last address are not usable`(_ text: String, _ count: Int) throws {
    #expect(AddressSet(usableIn: try CIDR(text).network).count == count)
  }

  @Test func `operations at the ends of the address space are correct`() throws {
    var all = AddressSet(try CIDR("0.0.0.0/0").network.addresses)
    all.subtract(try CIDR("0.0.0.0/32").network)
    all.subtract(try CIDR("255.255.255.255/32").network)
    #expect(all.count == (1 << 32) - 2)
    all.subtract(try CIDR("0.0.0.0/0").network)
    #expect(all.isEmpty)
  }
}
