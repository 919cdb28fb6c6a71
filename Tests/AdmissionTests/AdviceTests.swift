import ClusterState
import JSON
import Rules
import Testing

@testable import Admission

/// Applies the value that advice proposes where the message points, and expects the rules to accept it there.
@Suite struct `Advice in messages` {
  struct Remedy: CustomTestStringConvertible {
    let golden: GoldenCase
    let advice: Advice
    let others: [Violation]
    let value: String

    var testDescription: String { "\(golden.name): \(advice.rule): \(value)" }
  }

  static let remedies: [Remedy] = {
    let remedies = try? GoldenCase.all.flatMap { golden in
      guard let (change, facts, ruleset) = try golden.evaluationInput(), case .text(let text) = change.new.value else {
        return [Remedy]()
      }
      let (violations, warnings) = ruleset.evaluate(change, in: { SharedFacts(facts) }).findings
      let written = String(decoding: text, as: UTF8.self)
      return (violations.compactMap(Advice.init) + Advice.joining(warnings)).flatMap { advice in
        advice.proposals(for: written).map { Remedy(golden: golden, advice: advice, others: violations, value: $0) }
      }
    }
    return remedies ?? []
  }()

  @Test func `every rule about a value gives advice`() {
    let rules = Set(Self.remedies.map(\.advice.rule))
    let expected: Set = [
      "ClusterNetworkIsSet", "DHCPPoolsAreExcluded", "ExclusionsAreValidCIDRs", "ExclusiveVLANIsTagged",
      "FieldTypesAreValid", "GatewayIsExcluded", "KeyCaseIsExact", "NoOverlapOnSameVLAN", "NoOverlapWithOtherSettings",
      "RangeContainsNoNodeAddress", "RangeContainsNoHostAddress", "RangeContainsNoVirtualIP", "RangeIsLargeEnough",
      "RangeIsNotReserved", "RangeIsNotTooLarge", "RangeIsUnicast", "RangeIsValidCIDR", "RangeIsWholeSubnet",
      "ValueIsJSONObject", "VLANIsInRange",
    ]
    #expect(expected.subtracting(rules) == [])
  }

  @Test(arguments: remedies) func `a value corrected as advised is accepted`(_ remedy: Remedy) throws {
    let (change, facts, ruleset) = try #require(try remedy.golden.evaluationInput())
    var new = change.new
    new.value = .text(Array(remedy.value.utf8))
    let (violations, warnings) = ruleset.evaluate(change.proposing(new), in: { SharedFacts(facts) }).findings
    // Other violations may remain, but neither the same nor a new one.
    let again = violations.filter { violation in
      remedy.advice.isAbout(violation.field) && violation.kind != .forbidden
        && (remedy.advice.isSame(as: violation) || !remedy.others.contains(violation))
    }
    #expect(again == [], "\(remedy.advice.message)")
    #expect(!remedy.advice.isWarning || !warnings.contains { remedy.advice.message.hasPrefix($0.message) })
  }
}

extension Verdict {
  fileprivate var findings: (violations: [Violation], warnings: [Warning]) {
    switch self {
    case .allowed(let warnings): ([], warnings)
    case .denied(let violations, let warnings): (violations, warnings)
    }
  }
}

/// A message that may propose a value.
struct Advice {
  let rule: String
  let field: String
  private(set) var message: String
  let isWarning: Bool

  /// Joins the lines of one list of exclusions, which is followed as a whole.
  static func joining(_ warnings: [Warning]) -> [Advice] {
    warnings.map(Advice.init).reduce(into: []) { joined, advice in
      if let rest = advice.message.firstMatch(of: /and also exclude (.*)/), let last = joined.indices.last {
        joined[last].message += ", \(rest.1)"
      } else {
        joined.append(advice)
      }
    }
  }

  /// Nil if the cluster must change and not the value.
  init?(_ violation: Violation) {
    if violation.kind == .forbidden { return nil }
    (rule, field, message, isWarning) = (violation.rule, violation.field, violation.message, false)
  }

  init(_ warning: Warning) {
    rule = warning.rule
    field = String(warning.message.prefix { $0 != ":" })
    message = warning.message
    isWarning = true
  }

  /// Whether the proposed value must be accepted; warnings propose a range and its exclusions together.
  func isAbout(_ field: String) -> Bool { isWarning ? field.hasPrefix("value.") : field == self.field }

  func isSame(as violation: Violation) -> Bool {
    (rule, field, message) == (violation.rule, violation.field, violation.message)
  }

  /// The proposed values, each applied at the violation's field.
  fileprivate func proposals(for written: String) -> [String] {
    if field == "value" {
      if let key = message.firstMatch(of: /must be written "(\w+)"/),
        let wrong = message.firstMatch(of: /value: "(\w+)"/)
      {
        return [written.replacing("\"\(wrong.1)\"", with: "\"\(key.1)\"")]
      }
      return message.firstMatch(of: /; write (?:for example )?(\{.*\})/).map { [String($0.1)] } ?? []
    }
    guard field.hasPrefix("value."), let object = try? JSONValue(parsing: Array(written.utf8)),
      case .object(let members) = object
    else { return [] }
    let place = field.dropFirst("value.".count)
    let key = String(place.prefix { $0 != "[" })
    let index = Int(place.drop { $0 != "[" }.filter(\.isNumber))
    return proposals.map { proposal in
      switch (proposal, index) {
      case (.exclusions(let texts, let range), _):
        (range.map { text in members.replacing("range") { _ in .string(text) } } ?? members).setting("exclude") { old in
          .array((old?.elements ?? []) + texts.map(JSONValue.string))
        }
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

  private enum ProposedValue {
    case value(JSONValue)
    /// Added to the existing exclusions; to another range if one is proposed.
    case exclusions([String], range: String?)
    case vlan(Int)
  }

  private var proposals: [ProposedValue] {
    var proposals: [ProposedValue] = []
    let networks = /[^0-9 ]*\d+\.\d+\.\d+\.\d+\/\d+"?(?:, | and )?/
    if let start = message.firstMatch(of: /exclude (?:\([^)]*\): )?(?="?\d)/)?.range.upperBound,
      field.hasSuffix("range") || field.hasSuffix("exclude")
    {
      var texts: [String] = []
      var rest = message[start...]
      while let next = rest.prefixMatch(of: networks) {
        texts.append(next.output.filter { "0123456789./".contains($0) })
        rest = rest[next.range.upperBound...]
      }
      let range = message.firstMatch(of: /set the range (\S+)/).map { String($0.1) }
      if !texts.isEmpty { proposals.append(.exclusions(texts, range: range)) }
    }
    if isWarning { return proposals }
    let network = /(?:write|for example|such as|or) "?(\d+\.\d+\.\d+\.\d+\/\d+)/
    proposals += message.matches(of: network).map { .value(.string(String($0.1))) }
    if let example = message.firstMatch(of: /for example (\d+|"[a-z]+"|\[.*\])$/),
      let value = try? JSONValue(parsing: Array(example.1.utf8))
    {
      proposals.append(.value(value))
    }
    if let vlans = message.firstMatch(of: /(?:between|VLAN from) (\d+) (?:and|to) (\d+)/) {
      proposals += [vlans.1, vlans.2].compactMap { Int($0) }.map(ProposedValue.vlan)
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
  /// The object with another value for the key.
  fileprivate func replacing(_ key: String, _ value: (JSONValue?) -> JSONValue) -> [JSONMember] {
    filter { $0.key != key } + [JSONMember(key: key, value: value(last { $0.key == key }?.value))]
  }

  /// The same as a text.
  fileprivate func setting(_ key: String, _ value: (JSONValue?) -> JSONValue) -> String {
    var writer = JSONWriter()
    writer.append(object: replacing(key, value))
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
