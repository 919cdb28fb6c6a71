import Testing

@testable import Rules

@Suite struct `Common mistakes in CIDRs` {
  static let table: [(text: String, description: String, correction: String)] = [
    (" 192.168.0.0/24", "white space around it", "192.168.0.0/24"),
    ("192.168.0.0/24\u{200B}\n", "invisible characters around it", "192.168.0.0/24"),
    ("192.168.000.0/24", "a number with leading zeros", "192.168.0.0/24"),
    ("192.168.0.0/024", "a number with leading zeros", "192.168.0.0/24"),
    ("192.168.0.0/255.255.254.0", "a netmask in place of a prefix length", "192.168.0.0/23"),
    ("192.168.0.7/255.255.255.255", "a netmask in place of a prefix length", "192.168.0.7/32"),
    (
      "\t010.0.0.0/255.0.0.0 ",
      "white space around it, a number with leading zeros and a netmask in place of a prefix length",
      "10.0.0.0/8"
    ),
  ]

  @Test(arguments: table) func `a common mistake is described with its correction`(
    _ row: (text: String, description: String, correction: String)
  ) {
    let mistake = CommonMistake(in: row.text)
    #expect(mistake?.explanation == "must be an IPv4 network in CIDR notation, but has \(row.description)")
    #expect(mistake?.correction.description == row.correction)
  }

  @Test(arguments: [
    "", " ", "/", "x", "192.168.0.0", "192.168.0/24", "192.168.0.256/24", "192.168.0.0/33", "192.168.0.0/+24",
    "192.168.0.0/0.0.0.0", "192.168.0.0/00", " 0.0.0.0/0", "192.168.0.0/255.0.255.0", "192.168.0.0/24/24",
    "192. 168.0.0/24", "192.168.0.0 /24",
    "fd00::/64", "192.168.0.0/24" + String(repeating: " ", count: 64),
  ]) func `an ambiguous text has no common mistake`(_ text: String) {
    #expect(CommonMistake(in: text)?.correction == nil)
  }
}
