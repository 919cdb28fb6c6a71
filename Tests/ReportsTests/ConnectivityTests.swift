import ClusterState
import Foundation
import Rules
import Testing

@testable import Reports

/// The pings between instance managers.
@Suite struct `Connectivity commands` {
  private static func plan(_ state: String = "completed", adding objects: [String] = []) throws -> ConnectivityPlan? {
    var cluster = try Golden.cluster(state)
    for object in objects { try cluster.add(Array(object.utf8).span) }
    return ConnectivityPlan(of: try #require(VerifyInput(cluster.facts, cluster.extraFacts)))
  }

  private static func pod(_ index: Int, node: Int, phase: String = "Running", network: String = definition) -> String {
    let status = #"[{\"name\":\"\#(network)\",\"interface\":\"lhnet1\",\"ips\":[\"192.168.0.\#(index)\"]}]"#
    return
      #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"instance-manager-z\#(index)","namespace":"longhorn-system","labels":{"longhorn.io/component":"instance-manager"},"annotations":{"k8s.v1.cni.cncf.io/network-status":"\#(status)"}},"spec":{"nodeName":"harvester-node-\#(node)"},"status":{"phase":"\#(phase)"}}"#
  }

  private static let definition = "harvester-system/storagenetwork-7xk2p"

  private static func definition(mtu: String) -> String {
    #"{"apiVersion":"k8s.cni.cncf.io/v1","kind":"NetworkAttachmentDefinition","metadata":{"name":"storagenetwork-7xk2p","namespace":"harvester-system"},"spec":{"config":"{\"type\":\"bridge\",\"bridge\":\"storage-br\",\"vlan\":100,\#(mtu)\"ipam\":{\"type\":\"whereabouts\",\"range\":\"192.168.0.0/26\"}}"}}"#
  }

  @Test func `text and JSON match the golden files`() throws {
    let plan = try #require(try Self.plan(adding: [Self.pod(40, node: 0, phase: "Pending")]))
    let report = ConnectivityReport(plan, Kubectl())
    try Golden.expect(report.text(for: Terminal(width: 100)), in: "Tests/GoldenFiles/connectivity.txt")
    try Golden.expect(report.json, in: "Tests/GoldenFiles/connectivity.json")
  }

  @Test func `every ordered pair of nodes is pinged, and no node from itself`() throws {
    let plan = try #require(try Self.plan(adding: [Self.pod(40, node: 0)]))
    // Two on the first node, one on each of two others.
    #expect(plan.pings.count == 10)
    #expect(plan.pings.allSatisfy { $0.from.node != $0.to.node })
    #expect(plan.pings.count { $0.isInRing } == 3)
  }

  @Test func `of many pods the text has a ring, and with --verbose all`() throws {
    var plan = try #require(try Self.plan(adding: [Self.pod(40, node: 3), Self.pod(41, node: 4)]))
    #expect(plan.pings.count == 20)
    func commands() -> Int {
      ConnectivityReport(plan, Kubectl()).text(for: .plain).ranges(of: "exec instance-manager").count
    }
    let ring = plan.pings.filter(\.isInRing)
    #expect(commands() == 5)
    #expect(Set(ring.map(\.from.node)).count == 5 && Set(ring.map(\.to.node)).count == 5)
    plan.showsAll = true
    #expect(commands() == 20)
  }

  /// The definition's MTU, and the size of the data.
  static let sizes: [(mtu: String, size: Int, isDefault: Bool)] = [
    ("", 1472, true), (#"\"mtu\":0,"#, 1472, true), (#"\"mtu\":9000,"#, 8972, false), (#"\"mtu\":1400,"#, 1372, false),
  ]

  @Test(arguments: sizes) func `the packets fill the MTU`(_ row: (mtu: String, size: Int, isDefault: Bool)) throws {
    let plan = try #require(try Self.plan(adding: [Self.definition(mtu: row.mtu)]))
    #expect(plan.dataSize == row.size)
    #expect((plan.mtu == .default) == row.isDefault)
    let text = ConnectivityReport(plan, Kubectl()).text(for: .plain)
    #expect(text.contains(" -s \(row.size) 192.168.0."))
    #expect(text.contains("the uplinks have MTU 1500") == (row.size != 1472))
  }

  /// What is left out, and why.
  static let absences: [(pod: String, reason: String)] = [
    (pod(40, node: 3, phase: "Pending"), "is not running (Pending)"),
    (pod(40, node: 3, network: "harvester-system/old"), "has no address on harvester-system/storagenetwork-7xk2p"),
    (
      pod(40, node: 3).replacing(#""labels""#, with: #""deletionTimestamp":"2026-11-29T08:00:00Z","labels""#),
      "is being removed"
    ),
  ]

  @Test(arguments: absences) func `pods without an address are named`(_ row: (pod: String, reason: String)) throws {
    let plan = try #require(try Self.plan(adding: [row.pod]))
    #expect(plan.absent == [.init(pod: "instance-manager-z40", reason: row.reason)])
    #expect(plan.pings.count == 6)
  }

  @Test func `without a storage network there is nothing to ping`() throws {
    #expect(try Self.plan("switched-off") == nil)
    #expect(try Self.plan("untouched") == nil)
  }
}
