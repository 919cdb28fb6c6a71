import Addressing
import Rules
import Testing

@testable import Reports

@Suite struct `plan --from --to` {
  static func plan(_ from: String, _ to: String, in subnet: IPv4Prefix? = nil) throws -> SubnetPlan? {
    SubnetPlan(from: try IPv4Address(from), to: try IPv4Address(to), in: subnet)
  }

  @Test func `the subnet is the smallest that has both as usable addresses`() throws {
    #expect(try Self.plan("192.168.0.1", "192.168.0.6")?.subnet.description == "192.168.0.0/29")
    #expect(try Self.plan("192.168.0.1", "192.168.0.7")?.subnet.description == "192.168.0.0/28")
    #expect(try Self.plan("192.168.0.8", "192.168.0.8")?.subnet.description == "192.168.0.0/28")
    #expect(try Self.plan("192.168.0.10", "192.168.0.40")?.subnet.description == "192.168.0.0/26")
    #expect(try Self.plan("192.168.0.127", "192.168.0.128")?.subnet.description == "192.168.0.0/24")
  }

  @Test func `nothing is planned where no subnet has the addresses`() throws {
    #expect(try Self.plan("192.168.0.6", "192.168.0.1") == nil)
    #expect(try Self.plan("10.0.0.1", "10.2.0.1") == nil)
    // The first address of the largest subnet is never handed out.
    #expect(try Self.plan("10.0.0.0", "10.0.0.9") == nil)
    let subnet = IPv4Prefix(containing: try IPv4Address("192.168.0.0"), length: 28)
    #expect(try Self.plan("192.168.0.3", "192.168.0.15", in: subnet) == nil)
    #expect(try Self.plan("192.168.0.3", "192.168.0.14", in: subnet)?.exclusions.count == 2)
  }

  /// Every pair of a /27 in a /26, beside the sets themselves.
  @Test func `exactly the addresses between both are left`() throws {
    let base = try IPv4Address("192.168.0.0").rawValue
    let subnet = IPv4Prefix(containing: IPv4Address(rawValue: base), length: 26)
    for first in UInt32(1)...32 {
      for last in first...32 {
        let from = IPv4Address(rawValue: base + first)
        let to = IPv4Address(rawValue: base + last)
        for subnet in [subnet, nil] {
          guard let plan = SubnetPlan(from: from, to: to, in: subnet) else {
            Issue.record("\(from) \(to)")
            continue
          }
          var usable = AddressSet(usableIn: plan.subnet)
          usable.subtract(plan.exclusions)
          #expect(usable == AddressSet(AddressInterval(from, to)))
          // At each end at most one network for each bit.
          #expect(plan.exclusions.count <= 2 * (32 - plan.subnet.length))
        }
      }
    }
  }

  @Test func `the text has the members of the value`() throws {
    let text = try Self.plan("192.168.0.10", "192.168.0.40")?.text(for: .plain) ?? ""
    #expect(text.contains("leaves exactly 192.168.0.10 to 192.168.0.40, 31 addresses"))
    #expect(text.contains(#""range":"192.168.0.0/26","exclude":["192.168.0.0/29""#))
  }
}

@Suite struct `plan --upgrade` {
  /// Three nodes with two disks each. Of /26 without its first /30 and the broadcast address 59 addresses are usable, of /29
  /// three.
  static let plans: [(state: String, text: String)] = [
    (
      "completed",
      """
      The next upgrade needs 12 addresses of 192.168.0.0/26

        6  3 nodes × 2
        6  6 disks

      ✓ 6 of 59 usable addresses are in use; 53 are free

      """
    ),
    (
      "leaked",
      """
      The next upgrade needs 12 addresses of 192.168.0.0/26

        6  3 nodes × 2
        6  6 disks

      ✓ 10 of 59 usable addresses are in use, 3 of them by pods that are gone; 49 are free

      """
    ),
    (
      "exhausted",
      """
      The next upgrade needs 12 addresses of 192.168.0.0/29

        6  3 nodes × 2
        6  6 disks

      ✗ 3 of 3 usable addresses are in use; 0 are free, 12 too few
        → choose a larger range before the upgrade: plan --suggest

      """
    ),
  ]

  @Test(arguments: plans) func `a second generation of Longhorn's pods is counted`(
    _ row: (state: String, text: String)
  ) throws {
    let plan = try #require(UpgradePlan(in: try Golden.facts(row.state)))
    #expect(plan.text(for: .plain) == row.text)
    #expect(plan.isSufficient == (row.state != "exhausted"))
  }

  @Test func `of the formula of v1.3, and of the second data engine`() throws {
    var options = RulesetOptions()
    options.sizing = .always(.v1_3)
    var facts = try Golden.facts("completed")
    #expect(UpgradePlan(in: facts, options)?.need == 9)
    facts.v2DataEngineIsOn = true
    #expect(UpgradePlan(in: facts, options)?.need == 12)
    #expect(UpgradePlan(in: facts, options)?.terms.last?.description == "3 V2 engine nodes")
  }

  @Test func `without a storage network there is nothing to plan`() throws {
    #expect(UpgradePlan(in: try Golden.facts()) == nil)
  }
}
