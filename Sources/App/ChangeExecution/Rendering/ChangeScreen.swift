package import Reports
internal import Rules

/// Renders the events as text: lines that stay, and below them one block that each event of the same step overwrites.
package struct ChangeScreen {
  private let terminal: Terminal
  private let height: Int?
  /// The block that may be overwritten; nil after a line that stays.
  private var block: LiveDisplay?
  private var hasOutput = false

  /// - Parameter height: The lines of the terminal; nil for a file or a pipe, in which nothing is overwritten.
  package init(_ terminal: Terminal, height: Int?) {
    self.terminal = terminal
    self.height = height
  }

  /// Returns the output for an event; empty if there is nothing new to see.
  ///
  /// - Parameter elapsed: The time since the start.
  package mutating func render(_ event: ChangeEvent, after elapsed: Duration) -> String {
    let clock = height == nil ? nil : elapsed
    guard let styledText = event.styledText(within: terminal.width, clock) else { return "" }
    return event.isOverwritten ? overwrite(styledText) : stay(styledText)
  }

  private mutating func stay(_ styledText: StyledText) -> String {
    block = nil
    return separator + styledText.text(for: terminal)
  }

  private mutating func overwrite(_ styledText: StyledText) -> String {
    if block != nil { return block?.render(styledText) ?? "" }
    block = LiveDisplay(terminal, height: height)
    return separator + (block?.render(styledText) ?? "")
  }

  /// A blank line between two blocks.
  private var separator: String {
    mutating get {
      defer { hasOutput = true }
      return hasOutput ? "\n" : ""
    }
  }
}

extension ChangeEvent {
  /// Whether the next event of the same step overwrites the text.
  fileprivate var isOverwritten: Bool {
    switch self {
    case .stopping, .verifying, .starting: true
    default: false
    }
  }

  /// The event as text; nil for one that only other programs need.
  ///
  /// - Parameter elapsed: The time to show; nil where nothing is overwritten.
  package func styledText(within width: Int?, _ elapsed: Duration?) -> StyledText? {
    switch self {
    case .checked(let report): report.styledText(within: width)
    case .previewed(let preview): preview.styledText(within: width)
    case .resumed(let record): record.summary
    case .entered(let record): record.milestone
    case .requested: nil
    case .stopping(let progress): progress.styledText(elapsed)
    case .written(let value): .line("✓ ", .success, "the value is written: \(ChangeRecord.described(value))")
    case .verifying(let monitor, let outcome): monitor.styledText(showsClock: elapsed != nil, outcome: outcome)
    case .starting(let progress): progress.styledText(elapsed)
    case .unreachable(let reason?): .line("! ", .warning, "the API server does not answer, trying again: \(reason)")
    case .unreachable(nil): .line("✓ ", .success, "the API server answers again")
    case .notice(let text): .line("! ", .warning, text)
    case .ended(let outcome): outcome.styledText
    case .stopped(let stop): stop.styledText
    }
  }
}

extension StyledText {
  fileprivate static func line(_ mark: String, _ style: TextStyle, _ text: String) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun(mark, style), TextRun(text), hangingIndent: 2)
    return styledText
  }

  /// Adds a list with one line for each entry.
  fileprivate mutating func add(list: [String], mark: String, _ style: TextStyle = .plain) {
    for entry in list { add("  ", TextRun(mark, style), TextRun(entry), hangingIndent: 4) }
  }
}

extension ChangeRecord {
  fileprivate var summary: StyledText {
    var styledText = StyledText()
    let way = direction == .forward ? "The change to" : "The way back to"
    styledText.add(TextRun("\(way) \(Self.described(goal))", .bold), hangingIndent: 2)
    styledText.add(
      "  begun at \(startedAt), last written at \(updatedAt) by \(holder), phase \(phase.rawValue)", hangingIndent: 2)
    if !machines.isEmpty {
      styledText.add(
        "  \(machines.count.counted("virtual machine")) of the change: \(machines.map(\.reference).englishList)",
        hangingIndent: 2)
    }
    return styledText
  }

  /// What the beginning of a phase says of the one before.
  fileprivate var milestone: StyledText? {
    switch phase {
    case .prepared:
      .line("✓ ", .success, "the change is recorded in the ConfigMap \(Self.namespace)/\(Self.name)")
    case .stopped: .line("✓ ", .success, "every virtual machine is stopped, every volume is detached")
    case .stopping, .written, .verified, .starting: nil
    }
  }
}

extension StoppingProgress {
  fileprivate func styledText(_ elapsed: Duration?) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun("Stopping virtual machines", .bold))
    styledText.add(
      ProgressBar(percent: total == 0 ? 100 : stopped * 100 / total).runs
        + [TextRun("  \(stopped) of \(total)")] + elapsed.clock)
    if !running.isEmpty { styledText.add("  … ", TextRun("still on: \(running.englishList)"), hangingIndent: 4) }
    if !attachedVolumes.isEmpty {
      styledText.add("  … ", TextRun("still attached: \(attachedVolumes.englishList)"), hangingIndent: 4)
    }
    return styledText
  }
}

extension StartingProgress {
  fileprivate func styledText(_ elapsed: Duration?) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun("Starting virtual machines", .bold))
    styledText.add(
      ProgressBar(percent: total == 0 ? 100 : started * 100 / total).runs
        + [TextRun("  \(started) of \(total)")] + elapsed.clock)
    if !pending.isEmpty { styledText.add("  … ", TextRun("starting: \(pending.englishList)"), hangingIndent: 4) }
    for machine in failed {
      styledText.add("  ", TextRun("✗ ", .error), TextRun("did not come up: \(machine)"), hangingIndent: 4)
    }
    return styledText
  }
}

extension Duration? {
  fileprivate var clock: [TextRun] { map { [TextRun("  \($0.words)", .dim)] } ?? [] }
}

extension ChangeOutcome {
  fileprivate var styledText: StyledText {
    var styledText = StyledText()
    switch self {
    case .done(let machines, let command):
      styledText.add(TextRun("done", .success), ": the change has arrived everywhere")
      guard !machines.isEmpty else { return styledText }
      styledText.add(
        "  \(machines.count.counted("virtual machine")) \(machines.count == 1 ? "is" : "are") still stopped: \(machines.map(\.reference).englishList)",
        hangingIndent: 2)
      styledText.add(
        list: ["start \(machines.count == 1 ? "it" : "them"): \(command)"], mark: "→ ", .accent)
    case .reverted:
      styledText.add(TextRun("reverted", .success), ": the value and the virtual machines are as they were")
    case .unchanged: styledText.add(TextRun("unchanged", .success), ": Harvester sees no change")
    case .dryRun: styledText.add(TextRun("dry run", .bold), ": nothing was changed")
    }
    return styledText
  }
}

extension ChangeStop {
  fileprivate var styledText: StyledText {
    var styledText = StyledText()
    switch self {
    case .refused(let reasons, let advice):
      styledText.add(TextRun("refused", .error), ":")
      styledText.add(list: reasons, mark: "* ")
      styledText.add(list: advice, mark: "→ ", .accent)
    case .stuck(let reason, let advice):
      styledText.add(TextRun("stuck", .error), TextRun(": \(reason)"), hangingIndent: 2)
      styledText.add(list: advice, mark: "→ ", .accent)
    case .unavailable(let reason, let advice):
      styledText.add(TextRun("unavailable", .error), TextRun(": \(reason)"), hangingIndent: 2)
      styledText.add(list: advice, mark: "→ ", .accent)
    case .declined: styledText.add("nothing was changed")
    }
    return styledText
  }
}
