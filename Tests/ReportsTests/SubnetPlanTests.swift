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
  @Test func `a second generation of Longhorn's pods is counted`() throws {
    let plan = try #require(UpgradePlan(in: try Golden.facts("completed")))
    #expect(plan.need == plan.terms.reduce(0) { $0 + $1.total })
    #expect(plan.usable == 59)
    #expect(plan.free == plan.usable - plan.used)
    #expect(plan.used > 0)
    #expect(plan.isSufficient)
    #expect(plan.text(for: .plain).contains("are in use"))
  }

  @Test func `where it has no address, that is said with what helps`() throws {
    let plan = try #require(UpgradePlan(in: try Golden.facts("exhausted")))
    #expect(!plan.isSufficient)
    #expect(plan.text(for: .plain).contains("too few"))
  }

  @Test func `without a storage network there is nothing to plan`() throws {
    #expect(UpgradePlan(in: try Golden.facts()) == nil)
  }
}
