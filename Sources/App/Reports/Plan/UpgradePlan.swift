package import Addressing
package import JSON
package import Rules

/// The free addresses of the storage network against what the next upgrade needs: for a while a second generation of
/// instance managers and backing image managers runs beside the present one.
package struct UpgradePlan: Sendable, Equatable {
  package let range: IPv4Prefix
  package let usable: Int
  /// Usable addresses that Whereabouts has handed out.
  package let used: Int
  /// Those of them that are reserved for pods of Longhorn that are gone: they can be freed.
  package let leaked: Int
  package let terms: [AddressRequirement.Term]

  package var free: Int { usable - used }
  package var need: Int { terms.reduce(0) { $0 + $1.total } }
  package var isSufficient: Bool { free >= need }

  /// - Returns: Nil without a storage network.
  package init?(in facts: ClusterFacts, _ options: RulesetOptions = RulesetOptions()) {
    guard let setting = facts.storageNetwork, case .network(let network) = Target(of: setting) else { return nil }
    let load = StorageLoad(nodes: facts.storage.nodes, disks: facts.storage.disks)
    let sizing = AddressRequirement(load, serverVersion: facts.serverVersion, choice: options.sizing).sizing
    range = network.range
    let usage = RangeUsage(of: network, in: facts)
    (usable, used, leaked) = (usage.usable.count, usage.taken.count, usage.leaked.count)
    terms =
      [
        .init(count: load.nodes, unit: "node", perUnit: sizing == .v1_2 ? 2 : 1),
        .init(count: load.disks, unit: "disk", perUnit: 1),
      ] + (facts.v2DataEngineIsOn ? [.init(count: load.nodes, unit: "V2 engine node", perUnit: 1)] : [])
  }
}

extension UpgradePlan: Report {
  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun("The next upgrade needs \(need.counted("address")) of \(range)", .bold))
    styledText.addBlank()
    styledText.add(
      table: terms.map { term in
        [TextRun("\(term.total)"), TextRun(term.description)]
      }, [.trailing, .leading])
    styledText.addBlank()
    let gone = leaked == 0 ? "" : ", \(leaked) of them by pods that are gone"
    let state = "\(used) of \(usable.counted("usable address")) are in use\(gone); \(free) are free"
    if isSufficient {
      styledText.add(TextRun("✓ ", .success), TextRun(state), hangingIndent: 2)
    } else {
      styledText.add(TextRun("✗ ", .error), TextRun("\(state), \(need - free) too few"), hangingIndent: 2)
      styledText.add("  ", TextRun("→ ", .accent), TextRun(advice), hangingIndent: 4)
    }
    return styledText
  }

  private var advice: String {
    free + leaked >= need
      ? "free the leaked addresses before the upgrade: verify names them, and the command that frees each"
      : "choose a larger range before the upgrade: plan --suggest"
  }

  // docs/cli.md documents the members.
  package var members: [JSONMember] {
    [
      JSONMember("sufficient", isSufficient), JSONMember("need", need), JSONMember("range", range.description),
      JSONMember("usable", usable), JSONMember("used", used), JSONMember("kept", leaked), JSONMember("free", free),
      JSONMember(
        "terms",
        terms.map { term in
          [
            JSONMember("unit", term.unit), JSONMember("count", term.count), JSONMember("perUnit", term.perUnit),
            JSONMember("total", term.total),
          ]
        }),
    ]
  }
}
