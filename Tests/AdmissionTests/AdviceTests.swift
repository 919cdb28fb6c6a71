import ClusterState
import JSON
import Rules
import Testing

@testable import Admission

/// Advice that names a value is taken: the value is put where the message says, and must then not be refused there.
@Suite struct `Advice that is followed` {
  struct Remedy: CustomTestStringConvertible {
    let golden: GoldenCase
    let violation: Violation
    let others: [Violation]
    let value: String

    var testDescription: String { "\(golden.name): \(violation.rule): \(value)" }
  }

  static let remedies: [Remedy] = {
    let remedies = try? GoldenCase.all.flatMap { golden in
      guard let (change, facts, ruleset) = try golden.judged(), case .text(let text) = change.new.value,
        case .denied(let violations, _) = ruleset.evaluate(change, in: { SharedFacts(facts) })
      else { return [Remedy]() }
      let written = String(decoding: text, as: UTF8.self)
      return violations.flatMap { violation in
        violation.remedies(of: written).map {
          Remedy(golden: golden, violation: violation, others: violations, value: $0)
        }
      }
    }
    return remedies ?? []
  }()

  @Test func `is given by every rule about a value`() {
    let rules = Set(Self.remedies.map(\.violation.rule))
    let expected: Set = [
      "ClusterNetworkIsNamed", "EntriesHaveTheirTypes", "ExclusionsAreNetworks", "ExclusiveVLANIsTagged",
      "KeysAreSpelledExactly", "NeighboursKeepTheirAddresses", "RangeHoldsEveryAddress", "RangeIsNetwork",
      "RangeIsNotReserved", "RangeIsNotTooWide", "RangeIsUnicast", "TextIsJSONObject", "VLANIsInRange",
    ]
    #expect(expected.subtracting(rules) == [])
  }

  @Test(arguments: remedies) func `is accepted`(_ remedy: Remedy) throws {
    let (change, facts, ruleset) = try #require(try remedy.golden.judged())
    var new = change.new
    new.value = .text(Array(remedy.value.utf8))
    guard case .denied(let violations, _) = ruleset.evaluate(change.proposing(new), in: { SharedFacts(facts) }) else {
      return
    }
    // What else was wrong there stays, but neither the same nor something new.
    let again = violations.filter { violation in
      violation.field == remedy.violation.field && violation.kind != .forbidden
        && (violation == remedy.violation || !remedy.others.contains(violation))
    }
    #expect(again == [], "\(remedy.violation.message)")
  }
}

extension Violation {
  /// The values that the message proposes, each put where the violation is in the value that was written.
  fileprivate func remedies(of written: String) -> [String] {
    if kind == .forbidden { return [] }
    if field == "value" {
      if let key = message.firstMatch(of: /must be written "(\w+)"/),
        let wrong = message.firstMatch(of: /value: "(\w+)"/)
      {
        return [written.replacing("\"\(wrong.1)\"", with: "\"\(key.1)\"")]
      }
      return message.firstMatch(of: /; write (?:for example )?(\{.*\})/).map { [String($0.1)] } ?? []
    }
    guard let object = try? JSONValue(parsing: Array(written.utf8)), case .object(let members) = object else {
      return []
    }
    let place = field.dropFirst("value.".count)
    let key = String(place.prefix { $0 != "[" })
    let index = Int(place.drop { $0 != "[" }.filter(\.isNumber))
    let proposals = proposals
    return proposals.map { proposal in
      switch (proposal, index) {
      case (.exclusions(let texts), _):
        members.setting("exclude") { old in .array((old?.elements ?? []) + texts.map(JSONValue.string)) }
      case (.value(let value), let index?):
        members.setting(key) { old in
          var elements = old?.elements ?? []
          elements[index] = value
          return .array(elements)
        }
      case (.value(let value), nil):
        // Another range is proposed without the exclusions of the first one.
        (key == "range" && !message.contains("write ") && !message.contains("such as")
          ? members.filter { $0.key != "exclude" } : members).setting(key) { _ in value }
      case (.vlan(let vlan), _):
        members.setting("vlan") { _ in .number("\(vlan)") }
      }
    }
  }

  private enum ParsedSetting {
    case value(JSONValue)
    case exclusions([String])
    case vlan(Int)
  }

  private var proposals: [ParsedSetting] {
    var proposals: [ParsedSetting] = []
    let network = /(?:write|for example|such as|or) "?(\d+\.\d+\.\d+\.\d+\/\d+)/
    proposals += message.matches(of: network).map { .value(.string(String($0.1))) }
    let networks = /[^0-9 ]*\d+\.\d+\.\d+\.\d+\/\d+"?(?:, | and )?/
    if let start = message.firstMatch(of: /exclude (?:\([^)]*\): )?(?="?\d)/)?.range.upperBound,
      field.hasSuffix("range")
    {
      var texts: [String] = []
      var rest = message[start...]
      while let next = rest.prefixMatch(of: networks) {
        texts.append(next.output.filter { "0123456789./".contains($0) })
        rest = rest[next.range.upperBound...]
      }
      proposals.append(.exclusions(texts))
    }
    if let example = message.firstMatch(of: /for example (\d+|"[a-z]+"|\[.*\])$/),
      let value = try? JSONValue(parsing: Array(example.1.utf8))
    {
      proposals.append(.value(value))
    }
    if let vlans = message.firstMatch(of: /(?:between|VLAN from) (\d+) (?:and|to) (\d+)/) {
      proposals += [vlans.1, vlans.2].compactMap { Int($0) }.map(Proposal.vlan)
    }
    return proposals
  }
}

extension JSONValue {
  fileprivate var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }
}

extension [JSONMember] {
  /// The object as a text with another value for the key.
  fileprivate func setting(_ key: String, _ value: (JSONValue?) -> JSONValue) -> String {
    let old = last { $0.key == key }?.value
    var writer = JSONWriter()
    writer.append(object: filter { $0.key != key } + [JSONMember(key: key, value: value(old))])
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
