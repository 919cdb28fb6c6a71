import ClusterSources
import ClusterState
import Foundation
import KubeClient
import Platform
import Rules
import TestSupport
import Testing
import WebhookCore

@testable import WebhookServer

/// The metrics of the storage network: their exact text in each state.
struct StorageNetworkMetricsTests {
  /// The samples of a server with three nodes in a state of a change, without their prefix.
  private func samples(_ files: [String: String], sizing: SizingChoice = .automatic) throws -> [String] {
    let state = ServerState(sizing: sizing)
    state.facts.publish(try facts(files))
    return samples(of: state)
  }

  private func samples(of state: ServerState) -> [String] {
    var page = Exposition()
    state.write(to: &page)
    let prefix = "storage_network_webhook_"
    let lines = String(decoding: page.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return lines.filter { line in
      ["change_", "longhorn_pods", "range_"].contains { line.hasPrefix(prefix + $0) }
    }.map { String($0.dropFirst(prefix.count)) }
  }

  private func facts(_ files: [String: String]) throws -> ClusterFacts {
    let folder = try TemporaryFolder()
    try folder.write(Repository.text("Tests/Clusters/three-idle-nodes.yaml"), to: "cluster.yaml")
    for (name, text) in files { try folder.write(text, to: name) }
    var objects = try SnapshotSource(path: folder.url.path).read()
    return objects.facts
  }

  private func state(_ name: String) throws -> [String: String] {
    ["state.yaml": try Repository.text("Tests/ReportClusters/\(name).yaml")]
  }

  @Test func `addresses that have leaked`() throws {
    #expect(
      try samples(state("leaked")) == [
        "change_in_progress 0", #"longhorn_pods{state="on_network"} 6"#, #"longhorn_pods{state="off_network"} 0"#,
        "range_usable_addresses 59", "range_taken_addresses 10", "range_leaked_addresses 3",
        "range_available_addresses 55", "range_required_addresses 24",
      ])
  }

  @Test func `pods off the network`() throws {
    let samples = try samples(state("left-behind"))
    #expect(samples.contains("change_in_progress 0"))
    #expect(samples.contains(#"longhorn_pods{state="off_network"} 2"#))
  }

  @Test func `a storage network that is switched off has no range`() throws {
    #expect(
      try samples(state("switched-off")) == [
        "change_in_progress 0", #"longhorn_pods{state="on_network"} 6"#, #"longhorn_pods{state="off_network"} 0"#,
      ])
  }

  @Test func `a setting that was never set`() throws {
    let samples = try samples(state("untouched"))
    #expect(samples.contains("change_in_progress 0"))
    #expect(!samples.contains { $0.hasPrefix("range_") || $0.hasPrefix("change_start") })
  }

  @Test func `the formula of the option decides the required addresses`() throws {
    #expect(try samples(state("leaked"), sizing: .always(.v1_3)).contains("range_required_addresses 18"))
  }

  @Test func `an unreadable value leaves only what does not depend on it`() throws {
    let setting = "apiVersion: harvesterhci.io/v1beta1\nkind: Setting\nmetadata: {name: storage-network}\nvalue: '{'\n"
    #expect(try samples(["setting.yaml": setting]) == ["change_in_progress 0"])
  }

  @Test func `without a setting nothing is shown`() throws {
    let state = ServerState()
    var facts = try facts([:])
    facts.storageNetwork = nil
    state.facts.publish(facts)
    #expect(samples(of: state).isEmpty)
  }

  @Test func `a change in progress has the time of its step, which stays when Harvester goes on`() throws {
    let text = try Repository.text("Tests/ReportClusters/stopping.yaml")
    func files(updated time: String) -> [String: String] {
      let line = "  - type: configured\n"
      return ["state.yaml": text.replacing(line, with: "\(line)    lastUpdateTime: '\(time)'\n")]
    }
    let state = ServerState()
    for time in ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"] {
      state.facts.publish(try facts(files(updated: time)))
      let samples = samples(of: state)
      #expect(samples.contains("change_in_progress 1"))
      #expect(samples.contains("change_start_timestamp_seconds 1767225600"), "\(samples)")
    }
    state.facts.publish(try facts(self.state("completed")))
    #expect(!samples(of: state).contains { $0.hasPrefix("change_start") })
  }

  @Test func `facts that are not known have no samples, and the start of a change outlasts them`() throws {
    let state = ServerState()
    state.facts.publish(try facts(self.state("stopping")))
    let start = samples(of: state).first { $0.hasPrefix("change_start") }
    #expect(start != nil)
    state.facts.attach(SharedClusterCache(staleness: .seconds(120)))
    #expect(samples(of: state).isEmpty)
    state.facts.publish(try facts(self.state("stopping")))
    #expect(samples(of: state).first { $0.hasPrefix("change_start") } == start)
  }

  @Test func `every family is announced, with a sample or without`() {
    let names = MonitoringTests.families.map(\.name).filter { $0.contains("_change_") || $0.contains("_range_") }
    #expect(names.count == 7)
    #expect(MonitoringTests.families.map(\.name).contains("storage_network_webhook_longhorn_pods"))
  }
}

struct ChangeStartTests {
  /// What a scrape sees, and the start that it shows.
  struct Scrape {
    var value: String?
    var stepBegan = ""
    var now: Int64
    var start: Int64?
  }

  /// 1767225600 is 2026-01-01T00:00:00Z.
  static let rows: [(name: String, scrapes: [Scrape])] = [
    ("no change", [Scrape(value: nil, now: 100, start: nil)]),
    (
      "the first scrape, if the condition has no time",
      [Scrape(value: "a", now: 100, start: 100), Scrape(value: "a", now: 160, start: 100)]
    ),
    (
      "a step that began before the first scrape",
      [
        Scrape(value: "a", now: 1_767_225_700, start: 1_767_225_700),
        Scrape(value: "a", stepBegan: "2026-01-01T00:00:00Z", now: 1_767_225_760, start: 1_767_225_600),
        Scrape(value: "a", stepBegan: "2026-01-01T00:02:00Z", now: 1_767_225_720, start: 1_767_225_600),
      ]
    ),
    ("a time in the future, or none", [Scrape(value: "a", stepBegan: "2026-01-01T00:00:00Z", now: 50, start: 50)]),
    ("a text that is no time", [Scrape(value: "a", stepBegan: "now", now: 50, start: 50)]),
    ("Go's zero time", [Scrape(value: "a", stepBegan: "0001-01-01T00:00:00Z", now: 50, start: 50)]),
    (
      "another change", [Scrape(value: "a", now: 100, start: 100), Scrape(value: "b", now: 160, start: 160)]
    ),
    (
      "the same value again after a change ended",
      [
        Scrape(value: "a", now: 100, start: 100), Scrape(value: nil, now: 160, start: nil),
        Scrape(value: "a", now: 220, start: 220),
      ]
    ),
  ]

  @Test(arguments: rows) func `the earliest known time is the start`(_ row: (name: String, scrapes: [Scrape])) throws {
    let start = ChangeStart()
    for scrape in row.scrapes {
      let change = scrape.value.map {
        StorageNetworkStatus.Change(value: .text(Array($0.utf8)), stepBegan: scrape.stepBegan)
      }
      #expect(start.update(change, at: scrape.now) == scrape.start, "\(row.name)")
    }
  }
}
