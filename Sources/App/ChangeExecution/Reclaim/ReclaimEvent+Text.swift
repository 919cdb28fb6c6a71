package import Reports
internal import Rules

extension ReclaimEvent {
  /// The event as text; nil for one that the user need not see.
  package func styledText(_ kubectl: Kubectl) -> StyledText? {
    switch self {
    case .found(let plan): plan.styledText
    case .commands(let plan): plan.commandText(kubectl)
    case .removed(let write): .line("✓ ", .success, "removed \(write.description)")
    case .alreadyGone(let write): .line("✓ ", .success, "\(write.description) was removed by another client")
    case .conflict(let write): .line("! ", .warning, "\(write.description): changed meanwhile, looking again")
    case .kept(let write, let reason): .line("! ", .warning, "kept \(write.description): \(reason)")
    case .podReturned(let write):
      .line("✗ ", .error, "a pod has taken \(write.description) over in the moment of the removal")
    case .unconfirmed(let write, let reason):
      .line("✗ ", .error, "after the removal of \(write.description): \(reason)")
    case .ended(let outcome): outcome.styledText
    case .stopped(let stop): stop.styledText
    }
  }
}

extension ReclaimOutcome {
  fileprivate var styledText: StyledText? {
    var styledText = StyledText()
    switch self {
    case .clean: return nil
    case .listed: styledText.add("nothing was removed")
    case .removed(let count, 0, 0): styledText.add(TextRun("done", .success), TextRun(": \(count) removed"))
    case .removed(let count, let kept, 0):
      styledText.add(TextRun("not done", .warning), TextRun(": \(count) removed, \(kept) left alone"))
    case .removed(let count, let kept, let doubtful):
      styledText.add(
        TextRun("not done", .error),
        TextRun(
          """
          : \(count) removed, \(kept) left alone; \(doubtful.counted("pod")) may have an address that Whereabouts can hand \
          out again: compare with verify, and delete such a pod, so that it gets another address
          """))
    }
    return styledText
  }
}

/// Renders the events as text, with a blank line between the parts.
package struct ReclaimScreen {
  private let terminal: Terminal
  private let kubectl: Kubectl
  private var wasLine = false
  private var hasOutput = false

  package init(_ terminal: Terminal, _ kubectl: Kubectl) {
    self.terminal = terminal
    self.kubectl = kubectl
  }

  package mutating func render(_ event: ReclaimEvent) -> String {
    guard let text = event.styledText(kubectl) else { return "" }
    let isLine = event.isLine
    defer { (wasLine, hasOutput) = (isLine, true) }
    return (hasOutput && !(wasLine && isLine) ? "\n" : "") + text.text(for: terminal)
  }
}

extension ReclaimEvent {
  /// Whether it is one of a list of lines.
  fileprivate var isLine: Bool {
    switch self {
    case .removed, .alreadyGone, .conflict, .kept, .podReturned, .unconfirmed: true
    case .found, .commands, .ended, .stopped: false
    }
  }
}
