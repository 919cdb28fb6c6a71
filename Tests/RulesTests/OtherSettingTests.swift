import Testing

@testable import Rules

/// The settings vm-migration-network and rwx-network as Harvester reads them: an invalid text is not an absent one.
@Suite struct `Other settings with networks` {
  enum ParseResult: Equatable {
    case none
    case shared
    case range(String)
    /// A part of the problem, and whether Harvester also rejects disabling.
    case unreadable(String, blocksDisabling: Bool)
  }

  static let vmMigrationNetworks: [(text: String, reading: ParseResult)] = [
    (#"{"vlan":5,"clusterNetwork":"c","range":"192.168.9.0/24"}"#, .range("192.168.9.0/24")),
    // the range is enough to compare addresses
    (#"{"range":"192.168.9.7/24","more":1}"#, .range("192.168.9.0/24")),
    (#"{"vlan":null,"range":"192.168.9.0/24","exclude":null}"#, .range("192.168.9.0/24")),
    ("vlan: 5", .unreadable("is not JSON", blocksDisabling: true)),
    (" ", .unreadable("is not JSON", blocksDisabling: true)),
    (#"{"range":"192.168.9.0/24"} x"#, .unreadable("line 1, column 28", blocksDisabling: true)),
    ("[]", .unreadable("is no JSON object", blocksDisabling: true)),
    ("5", .unreadable("is no JSON object", blocksDisabling: true)),
    (#"{"vlan":"5","range":"192.168.9.0/24"}"#, .unreadable("for vlan", blocksDisabling: true)),
    (#"{"vlan":65536,"range":"192.168.9.0/24"}"#, .unreadable("for vlan", blocksDisabling: true)),
    (#"{"vlan":65535,"range":"192.168.9.0/24"}"#, .range("192.168.9.0/24")),
    (#"{"vlan":-1,"range":"192.168.9.0/24"}"#, .unreadable("for vlan", blocksDisabling: true)),
    (#"{"clusterNetwork":1,"range":"192.168.9.0/24"}"#, .unreadable("for clusterNetwork", blocksDisabling: true)),
    (#"{"range":["192.168.9.0/24"]}"#, .unreadable("for range", blocksDisabling: true)),
    (#"{"range":"192.168.9.0/24","exclude":"x"}"#, .unreadable("for exclude", blocksDisabling: true)),
    (#"{"range":"192.168.9.0/24","exclusiveVlan":"x"}"#, .unreadable("for exclusiveVlan", blocksDisabling: true)),
    // valid, but without addresses to compare
    ("null", .unreadable("has no range", blocksDisabling: false)),
    ("{}", .unreadable("has no range", blocksDisabling: false)),
    (#"{"range":""}"#, .unreadable("has no range", blocksDisabling: false)),
    (#"{"range":"x"}"#, .unreadable(#"has the range "x""#, blocksDisabling: false)),
    (#"{"range":"192.168.9.0/24","exclude":["x"]}"#, .unreadable(#"excludes "x""#, blocksDisabling: false)),
  ]

  static let rwxNetworks: [(text: String, reading: ParseResult)] = [
    (#"{"share-storage-network":true}"#, .shared), (#"{"share-storage-network":true,"network":5}"#, .shared),
    (#"{"share-storage-network":false}"#, .none), ("{}", .none), ("null", .none), (#"{"network": null}"#, .none),
    (#"{"share-storage-network":null,"network":{"range":"192.168.9.0/24"}}"#, .range("192.168.9.0/24")),
    (#"{"network":5,"network":{"range":"192.168.9.0/24"}}"#, .range("192.168.9.0/24")),
    ("x", .unreadable("is not JSON", blocksDisabling: true)),
    ("[]", .unreadable("is no JSON object", blocksDisabling: true)),
    (#"{"share-storage-network":"true"}"#, .unreadable("neither true nor false", blocksDisabling: true)),
    (#"{"network":[]}"#, .unreadable("is no JSON object", blocksDisabling: true)),
    (#"{"network":{"vlan":"5"}}"#, .unreadable("for vlan", blocksDisabling: true)),
    (#"{"network":{}}"#, .unreadable("has no range", blocksDisabling: false)),
  ]

  @Test(arguments: vmMigrationNetworks) func `vm-migration-network is read`(_ row: (text: String, reading: ParseResult))
  {
    expect(.vmMigrationNetwork(Array(row.text.utf8)), row.reading, of: "vm-migration-network")
  }

  @Test(arguments: rwxNetworks) func `rwx-network is read`(_ row: (text: String, reading: ParseResult)) {
    expect(.rwxNetwork(Array(row.text.utf8)), row.reading, of: "rwx-network")
  }

  private func expect(_ setting: OtherSetting, _ expected: ParseResult, of name: String) {
    switch (setting, expected) {
    case (.none, .none), (.sharesStorageNetwork, .shared): break
    case (.network(let network), .range(let range)):
      #expect(network.range.description == range)
      #expect(network.setting == name)
    case (.unreadable(let setting), .unreadable(let problem, let blocksDisabling)):
      #expect(setting.name == name)
      #expect(setting.problem.contains(problem), "\(setting.problem)")
      #expect(setting.blocksDisabling == blocksDisabling)
    default: Issue.record("\(setting) is not \(expected)")
    }
  }
}
