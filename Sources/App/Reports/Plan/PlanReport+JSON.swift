internal import Addressing
package import JSON
internal import Rules

// docs/cli.md documents the members. New ones may be added; none is renamed.
extension PlanReport {
  /// The output of `plan -o json`.
  package var members: [JSONMember] {
    [
      JSONMember("sufficient", isSufficient),
      JSONMember("need", need.total),
      JSONMember("sizing", need.sizing == .v1_2 ? "v1.2" : "v1.3"),
      JSONMember("versionKnown", need.isVersionKnown),
      JSONMember(
        "terms",
        need.terms.map { term in
          [
            JSONMember("unit", term.unit), JSONMember("count", term.count), JSONMember("perUnit", term.perUnit),
            JSONMember("total", term.total),
          ]
        }),
      JSONMember("disksPerAdditionalNode", disksPerAdditionalNode),
      JSONMember("smallestPrefix", smallest?.length),
      JSONMember("prefixes", prefixOptions.map(\.members)),
      JSONMember(key: "range", value: space.map { .object($0.members(for: self)) } ?? .null),
      JSONMember(
        key: "suggestions", value: suggestions.map { .array($0.map { .string($0.description) }) } ?? .null),
    ]
  }
}

extension PrefixOption {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("prefix", length), JSONMember("usable", usable), JSONMember("spare", spare),
      JSONMember("moreNodes", moreNodes), JSONMember("moreDisks", moreDisks), JSONMember("moreImages", moreImages),
    ]
  }
}

extension AddressSpace {
  fileprivate func members(for plan: PlanReport) -> [JSONMember] {
    let spare = available - plan.need.total
    return [
      JSONMember("range", range.description), JSONMember("usable", usable), JSONMember("kept", kept),
      JSONMember("spare", spare),
      JSONMember("sufficient", spare >= 0), JSONMember("moreNodes", plan.moreNodes(with: spare)),
      JSONMember(
        "blocks",
        blocks.map { block in
          [
            JSONMember("first", block.addresses.first.description),
            JSONMember("last", block.addresses.last.description),
            JSONMember("count", block.addresses.count), JSONMember("use", block.use.rawValue),
            JSONMember("owner", block.owner),
          ]
        }),
    ]
  }
}
