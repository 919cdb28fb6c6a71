import Testing

@testable import Rules

@Suite struct `Label selectors` {
  private static let labels = ["zone": "a", "disk": "ssd"]

  @Test(arguments: [
    ("zone", "In", ["a", "b"], true), ("zone", "In", ["b"], false), ("rack", "In", ["a"], false),
    ("zone", "NotIn", ["a"], false), ("zone", "NotIn", ["b"], true), ("rack", "NotIn", ["a"], true),
    ("zone", "Exists", [], true), ("rack", "Exists", [], false), ("zone", "DoesNotExist", [], false),
    ("rack", "DoesNotExist", [], true), ("zone", "Gt", ["1"], true),
  ]) func `match by key, operator and values`(_ key: String, _ comparison: String, _ values: [String], _ matches: Bool)
  {
    let selector = LabelSelectorFact(requirements: [.init(key: key, comparison: comparison, values: values)])
    #expect(selector.matches(Self.labels) == matches)
  }

  @Test func `need every requirement, and without any match every node`() {
    let zone = LabelSelectorFact.Requirement(key: "zone", comparison: "In", values: ["a"])
    let rack = LabelSelectorFact.Requirement(key: "rack", comparison: "Exists", values: [])
    #expect(!LabelSelectorFact(requirements: [zone, rack]).matches(Self.labels))
    #expect(LabelSelectorFact().matches([:]))
  }
}
