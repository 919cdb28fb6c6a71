internal import Addressing
internal import Rules

extension PlanReport: Report {
  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun("This storage network needs \(need.total.counted("address")).", .bold))
    styledText.addBlank()
    addSum(to: &styledText)
    styledText.addBlank()
    addChoices(to: &styledText)
    if let space {
      styledText.addBlank()
      styledText.add(space.styledText(for: self, within: width))
    }
    if let suggestions { addSuggestions(suggestions.map(\.description), to: &styledText) }
    return styledText
  }

  private func addSum(to styledText: inout StyledText) {
    var rows = need.terms.map { term in
      [TextRun(term.description), TextRun("\(term.total)"), TextRun(term.reason, .dim)]
    }
    rows.append([TextRun("total"), TextRun("\(need.total)", .bold), TextRun(formula, .dim)])
    styledText.add(table: rows, [.leading, .trailing, .leading])
    if load.images == 0 {
      styledText.add(
        TextRun("  and one more for each image that is uploaded or downloaded at the same time (--images)", .dim))
    }
  }

  /// The formula used, and the reason.
  private var formula: String {
    let name = need.sizing == .v1_2 ? "v1.1 and v1.2" : "v1.3 and later"
    return "formula of \(name)"
      + (need.isVersionKnown ? "" : ", because Harvester's version is not known; set it with --sizing")
  }

  private func addChoices(to styledText: inout StyledText) {
    guard let smallest else {
      styledText.add(
        TextRun("✗ ", .error), "A range must not be wider than a /16, and a /16 is too small.", hangingIndent: 2)
      return
    }
    styledText.add(
      "The smallest range is ", TextRun("a /\(smallest.length)", .bold),
      " with \(smallest.usable.counted("usable address")). What is left of each size:", hangingIndent: 0)
    styledText.addBlank()
    let node =
      disksPerAdditionalNode == 0 ? "more nodes" : "more nodes (\(disksPerAdditionalNode.counted("disk")) each)"
    let head = ["", "usable", "spare", node, "or more disks", "or more images"].map { TextRun($0, .dim) }
    let rows = prefixOptions.map { choice in
      [TextRun("/\(choice.length)", choice == smallest ? .bold : .plain)]
        + [choice.usable, choice.spare, choice.moreNodes, choice.moreDisks, choice.moreImages].map { TextRun("\($0)") }
    }
    styledText.add(table: [head] + rows, [.leading, .trailing, .trailing, .trailing, .trailing, .trailing])
  }

  private func addSuggestions(_ suggestions: [String], to styledText: inout StyledText) {
    styledText.addBlank()
    guard !suggestions.isEmpty else {
      styledText.add("Every private range of this size overlaps something that is in use.")
      return
    }
    styledText.add(
      usesClusterData
        ? "Private ranges of this size that overlap nothing in use in this cluster:"
        : "Private ranges of this size that are not reserved (without a cluster, their use is not known):")
    styledText.addBlank()
    for suggestion in suggestions { styledText.add("  ", TextRun(suggestion, .accent)) }
  }
}

extension AddressRequirement.Term {
  /// What the addresses are for.
  fileprivate var reason: String {
    switch unit {
    case "node":
      perUnit == 4 ? "two instance managers, twice during an upgrade" : "instance manager, twice during an upgrade"
    case "disk": "backing image manager, twice during an upgrade"
    case "image": "backing image data source"
    case "V2 engine node": "second instance manager, twice during an upgrade"
    default: "CSI plugins and share managers"
    }
  }
}
