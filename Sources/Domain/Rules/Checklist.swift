/// Every article of the law, with what it says of one change.
package struct Checklist: Sendable, Equatable {
  package enum Answer: Sendable, Equatable {
    case kept
    /// Kept, but there is something the operator should know.
    case warned([Warning])
    case broken([Violation], warnings: [Warning])
    /// What the article is about is missing or not sound.
    case notAsked
  }

  package struct Item: Sendable, Equatable {
    package let article: Article
    package let answer: Answer
  }

  package struct Section: Sendable, Equatable {
    package let chapter: Chapter
    package let items: [Item]

    package var isAsked: Bool { items.contains { $0.answer != .notAsked } }
  }

  package let sections: [Section]
  package let verdict: Verdict

  init(_ findings: Findings) {
    sections = Law.chapters.map { chapter in
      Section(chapter: chapter, items: chapter.articles.map { Item(article: $0, answer: Answer(to: $0, findings)) })
    }
    verdict = findings.verdict
  }
}

extension Checklist.Answer {
  fileprivate init(to article: Article, _ findings: Findings) {
    let violations = findings.violations.filter { $0.rule == article.name }
    let warnings = findings.warnings.filter { $0.rule == article.name }
    if !violations.isEmpty {
      self = .broken(violations, warnings: warnings)
    } else if !warnings.isEmpty {
      self = .warned(warnings)
    } else {
      self = findings.rulesAsked?.contains(article.name) == true ? .kept : .notAsked
    }
  }
}
