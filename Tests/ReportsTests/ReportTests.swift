import Addressing
import Foundation
import JSON
import Rules
import Testing

@testable import Reports

/// The text of the reports, word for word.
@Suite struct `Reports` {
  static let width = 100

  /// For a pipe, and for a terminal with a hundred columns.
  static func expect(
    _ report: some Report, in name: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    try Golden.expect(
      report.text(for: Terminal(width: width)), in: "Tests/GoldenFiles/\(name).txt", location)
    for width in [40, 60, 80, 100, 132] {
      for line in report.styledText(within: width).wrapped(for: Terminal(width: width)) {
        let text = line.map(\.text).joined()
        // Only a single word may be wider than the terminal, so that it can be copied.
        #expect(
          text.count <= width || text.split(separator: " ").count <= 1, "\(width): \(text)", sourceLocation: location)
        #expect(!text.hasSuffix(" "), sourceLocation: location)
      }
    }
    let colored = report.text(for: Terminal(width: width, usesColor: true))
    #expect(colored.withoutColours == report.text(for: Terminal(width: width)), sourceLocation: location)
    #expect(!report.text(for: .plain).contains("\u{1B}"), sourceLocation: location)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(report.json.utf8)) }
  }

  @Test(arguments: Golden.states) func `the text of verify matches the golden file in every state of a change`(
    _ state: String
  ) throws {
    try Self.expect(Golden.report(state), in: "verify-\(state)")
  }

  @Test func `the text of plan by options matches the golden file`() throws {
    try Self.expect(PlanReport(of: StorageLoad(nodes: 5, disks: 10, images: 10)), in: "plan")
  }

  @Test func `the text of plan with a range and suggestions matches the golden file`() throws {
    try Self.expect(Examples.plan(), in: "plan-range")
  }

  @Test func `the text of plan with a small range that has a node address matches the golden file`() throws {
    let range = ProposedSpace(range: IPv4Prefix(containing: try IPv4Address("172.20.10.0"), length: 28))
    let report = PlanReport(
      of: StorageLoad(nodes: 3, disks: 6, images: 10), in: try Golden.facts(), RulesetOptions(), range: range)
    #expect(!report.isSufficient)
    try Self.expect(report, in: "plan-too-small")
  }

  @Test func `the text of plan without a sufficient range matches the golden file`() throws {
    try Self.expect(PlanReport(of: StorageLoad(nodes: 20_000, disks: 0)), in: "plan-too-large")
  }

  @Test(arguments: [
    ("good", #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#),
    ("bad", #"{"vlan":4095,"range":"10.52.0.0/24","clusterNetwork":"storage"}"#), ("no-json", "{"), ("empty", ""),
  ]) func `the text of check by value matches the golden file`(_ name: String, _ value: String) throws {
    try Self.expect(Examples.check(value), in: "check-\(name)")
  }

  @Test func `the text of check with every rule and with findings only matches the golden file`() throws {
    var report = try Examples.check(#"{"vlan":4095,"range":"10.52.0.0/24","clusterNetwork":"storage"}"#)
    report.detail = .everyRule
    try Self.expect(report, in: "check-bad-every-rule")
    report.detail = .findings
    try Self.expect(report, in: "check-bad-findings")
  }

  @Test func `the text of check for the stored value matches the golden file`() throws {
    let facts = try Golden.facts("completed")
    guard case .text(let value)? = facts.storageNetwork?.value else { return #expect(Bool(false)) }
    let report = try Examples.check(String(decoding: value, as: UTF8.self) + " ", state: "completed")
    #expect(report.effect == .none)
    try Self.expect(report, in: "check-stored")
    #expect(try Examples.check("", state: "completed").effect != .none)
  }

  @Test func `the text of check for another object matches the golden file`() throws {
    let report = CheckReport(of: nil, in: ClusterFacts(), RulesetOptions())
    #expect(report.isAllowed)
    try Self.expect(report, in: "check-another-object")
  }

  @Test func `the JSON of every report matches the golden file`() throws {
    try Golden.expect(Examples.plan().json, in: "Tests/GoldenFiles/plan.json")
    try Golden.expect(
      Examples.check(#"{"vlan":4095,"range":"10.52.0.0/24","clusterNetwork":"storage"}"#).json,
      in: "Tests/GoldenFiles/check.json")
    try Golden.expect(Golden.report("leaked").json, in: "Tests/GoldenFiles/verify.json")
  }

  @Test func `a drawing of a range is well-formed and shows every use`() throws {
    let space = try #require(try Examples.plan().space)
    try Golden.expect(space.drawing(), in: "docs/pictures/range.svg")
    #expect(space.drawing().isWellFormed)
    for use in AddressSpace.Use.allCases where space.count(of: use) > 0 {
      #expect(space.drawing().contains(use.explanation))
    }
  }
}

/// The reports in the documentation.
enum Examples {
  static func plan() throws -> PlanReport {
    let range = try IPv4Prefix(containing: IPv4Address("192.168.0.0"), length: 25)
    let exclusion = try IPv4Prefix(containing: IPv4Address("192.168.0.0"), length: 28)
    return PlanReport(
      of: StorageLoad(nodes: 5, disks: 10, images: 10), in: try Golden.facts(), RulesetOptions(),
      range: ProposedSpace(range: range, exclusions: [exclusion]), suggests: true)
  }

  static func check(_ value: String, state: String? = nil) throws -> CheckReport {
    let facts = try Golden.facts(state)
    var new = facts.storageNetwork ?? SettingObject()
    new.value = .text(Array(value.utf8))
    let change = facts.storageNetwork.map { Change.update(from: $0, to: new) } ?? .creation(of: new)
    return CheckReport(of: change, in: facts, RulesetOptions())
  }
}

extension String {
  fileprivate var withoutColours: String { replacing(/\u{1B}\[[0-9]*m/, with: "") }

  var isWellFormed: Bool { XMLCheck(self).isWellFormed }
}

/// A minimal check of XML: elements are closed, and texts have no reserved character.
struct XMLCheck {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else {
        isWellFormed = false
        return
      }
      let tag = rest[rest.index(after: start)..<end]
      let before = rest[..<start]
      rest = rest[rest.index(after: end)...]
      let isEscaped = before.matches(of: /&/).count == before.matches(of: /&(amp|lt|gt|quot);/).count
      let quotes = tag.filter { $0 == "\"" }.count
      guard isEscaped, quotes.isMultiple(of: 2), !tag.contains("<") else {
        isWellFormed = false
        return
      }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else {
          isWellFormed = false
          return
        }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    isWellFormed = open.isEmpty
  }
}
