internal import Rules

extension CheckReport: Answer {
  package func page(within width: Int?) -> Page {
    var page = Page()
    for section in checklist?.sections ?? [] {
      page.add(section.heading)
      for item in section.items { page.add(item) }
      page.addBlank()
    }
    addVerdict(to: &page)
    return page
  }

  /// Only what is broken or worth knowing, for somebody who waits until all is well.
  package func pageOfOpenItems() -> Page {
    var page = Page()
    let items = checklist?.sections.flatMap(\.items) ?? []
    for item in items where item.isOpen { page.add(item) }
    page.addBlank()
    addVerdict(to: &page)
    return page
  }

  private func addVerdict(to page: inout Page) {
    let broken = checklist?.sections.lazy.flatMap(\.items).filter(\.isBroken).count ?? 0
    page.add(
      isAllowed
        ? [Run("allowed", .good), Run(checklist == nil ? ": this is not the setting storage-network" : "")]
        : [Run("denied", .bad), Run(": \(broken.of("rule")) \(broken == 1 ? "is" : "are") broken")])
    if let storedAs { page.add("  stored as  \(storedAs.isEmpty ? "the empty text" : storedAs)", hanging: 13) }
    guard let fingerprint else { return }
    page.add("  SHA-1      \(fingerprint)")
    page.add("  Harvester  \(effect.described)", hanging: 13)
  }
}

extension CheckReport.Effect {
  fileprivate var described: String {
    switch self {
    case .none: "would see no change"
    case .first: "would take it for a change: it has noted no value yet"
    case .another(let hash): "would take it for a change: it noted \(hash) last"
    }
  }
}

extension Checklist.Section {
  fileprivate var heading: [Run] {
    isAsked ? [Run(chapter.title, .strong)] : [Run(chapter.title), Run(" – asked \(chapter.condition)", .faint)]
  }
}

extension Checklist.Item {
  fileprivate var isBroken: Bool {
    if case .broken = answer { true } else { false }
  }

  fileprivate var isOpen: Bool {
    switch answer {
    case .kept, .notAsked: false
    case .broken, .warned: true
    }
  }
}

extension Page {
  fileprivate mutating func add(_ item: Checklist.Item) {
    let demand = item.article.demand
    switch item.answer {
    case .kept: add("  ", Run("✓ ", .good), Run(demand), hanging: 4)
    case .notAsked: add("  ", Run("– \(demand)", .faint), hanging: 4)
    case .warned(let warnings):
      add("  ", Run("! ", .caution), Run(demand), hanging: 4)
      for warning in warnings { add("      \(warning.message)", hanging: 6) }
    case .broken(let violations, let warnings):
      add("  ", Run("✗ ", .bad), Run(demand, .strong), hanging: 4)
      for violation in violations {
        add("      ", Run("\(violation.field): ", .accent), Run(violation.message), hanging: 6)
      }
      for warning in warnings { add("      \(warning.message)", hanging: 6) }
    }
  }
}
