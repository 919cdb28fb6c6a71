internal import Addressing
internal import Rules

extension PlanReport: Answer {
  package func page(within width: Int?) -> Page {
    var page = Page()
    page.add(Run("This storage network needs \(need.total.of("address")).", .strong))
    page.addBlank()
    addSum(to: &page)
    page.addBlank()
    addChoices(to: &page)
    if let space {
      page.addBlank()
      page.add(space.page(for: self, within: width))
    }
    if let suggestions { addSuggestions(suggestions.map(\.description), to: &page) }
    return page
  }

  private func addSum(to page: inout Page) {
    var rows = need.terms.map { term in [Run(term.description), Run("\(term.total)"), Run(term.reason, .faint)] }
    rows.append([Run("together"), Run("\(need.total)", .strong), Run(formula, .faint)])
    page.add(table: rows, [.leading, .trailing, .leading])
    if load.images == 0 {
      page.add(Run("  and one more for each image that is uploaded or downloaded at the same time (--images)", .faint))
    }
  }

  /// Which formula was taken, and why.
  private var formula: String {
    let name = need.sizing == .v1_2 ? "v1.1 and v1.2" : "v1.3 and later"
    return "by the formula for \(name)"
      + (need.knowsVersion ? "" : "; the version is not known, this one asks for more (--sizing)")
  }

  private func addChoices(to page: inout Page) {
    guard let smallest else {
      page.add(Run("✗ ", .bad), "No range that Harvester accepts is so large; a /16 is the widest.", hanging: 2)
      return
    }
    page.add(
      "The smallest range is ", Run("a /\(smallest.length)", .strong),
      " with \(smallest.usable.of("usable address")). What is left of each size:", hanging: 0)
    page.addBlank()
    let node = disksOfAnotherNode == 0 ? "more nodes" : "more nodes (\(disksOfAnotherNode.of("disk")) each)"
    let head = ["", "usable", "spare", node, "or more disks", "or more images"].map { Run($0, .faint) }
    let rows = choices.map { choice in
      [Run("/\(choice.length)", choice == smallest ? .strong : .plain)]
        + [choice.usable, choice.spare, choice.moreNodes, choice.moreDisks, choice.moreImages].map { Run("\($0)") }
    }
    page.add(table: [head] + rows, [.leading, .trailing, .trailing, .trailing, .trailing, .trailing])
  }

  private func addSuggestions(_ suggestions: [String], to page: inout Page) {
    page.addBlank()
    guard !suggestions.isEmpty else {
      page.add("No private range of this size is free of everything that is known to be in use.")
      return
    }
    page.add(
      knowsCluster
        ? "Free private ranges of this size that collide with nothing the cluster knows:"
        : "Private ranges of this size beside the reserved ones; no cluster was asked whether they are free:")
    page.addBlank()
    for suggestion in suggestions { page.add("  ", Run(suggestion, .accent)) }
  }
}

extension AddressNeed.Term {
  /// What the addresses are for.
  fileprivate var reason: String {
    switch noun {
    case "node":
      each == 4 ? "two instance managers, twice during an upgrade" : "instance manager, twice during an upgrade"
    case "disk": "backing image manager, twice during an upgrade"
    case "image": "backing image data source"
    case "V2 engine node": "second instance manager, twice during an upgrade"
    default: "CSI plugins and share managers"
    }
  }
}
