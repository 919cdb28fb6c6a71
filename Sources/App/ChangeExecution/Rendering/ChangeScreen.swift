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
    guard case .entered(let record) = event else {
      guard let styledText = event.styledText(within: terminal.width, clock) else { return "" }
      return event.isOverwritten ? overwrite(styledText) : stay(styledText)
    }
    // The last state of the phase before stays.
    block = nil
    let milestone = event.styledText(within: terminal.width, clock).map { stay($0) } ?? ""
    guard height != nil, let heading = record.phase.heading(for: record.machines.count) else { return milestone }
    // A request may take a minute.
    return milestone + overwrite(heading)
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
    case .verifying(let monitor, let outcome): monitor.styledText(elapsed, outcome)
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
  static func line(_ mark: String, _ style: TextStyle, _ text: String) -> StyledText {
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

extension ChangeRecord.Phase {
  /// The beginning of the phase's block; nil for a phase without one.
  ///
  /// - Parameter machines: The number of machines of the change.
  fileprivate func heading(for machines: Int) -> StyledText? {
    let heading: String
    switch self {
    case .stopping where machines > 0: heading = StoppingProgress.heading
    case .written: heading = "Waiting for Harvester and Longhorn"
    case .starting where machines > 0: heading = StartingProgress.heading
    case .prepared, .stopping, .stopped, .verified, .starting: return nil
    }
    var styledText = StyledText()
    styledText.add(TextRun(heading, .bold))
    return styledText
  }
}

extension StyledText {
  /// Machines on their way.
  fileprivate init(_ heading: String, _ done: Int, of total: Int, _ elapsed: Duration?) {
    self.init()
    add(TextRun(heading, .bold))
    add(
      ProgressBar(percent: total == 0 ? 100 : done * 100 / total).runs
        + [TextRun("  \(done) of \(total)")] + (elapsed.map { [TextRun("  \($0.words)", .dim)] } ?? []))
  }

  fileprivate mutating func add(_ words: String, _ names: [String]) {
    if !names.isEmpty { add("  … ", TextRun("\(words): \(names.englishList)"), hangingIndent: 4) }
  }
}

extension StoppingProgress {
  fileprivate static let heading = "Stopping virtual machines"

  fileprivate func styledText(_ elapsed: Duration?) -> StyledText {
    var styledText = StyledText(Self.heading, stopped, of: total, elapsed)
    styledText.add("still on", running)
    styledText.add("still attached", attachedVolumes)
    return styledText
  }
}

extension StartingProgress {
  fileprivate static let heading = "Starting virtual machines"

  fileprivate func styledText(_ elapsed: Duration?) -> StyledText {
    var styledText = StyledText(Self.heading, started, of: total, elapsed)
    styledText.add("starting", pending)
    for machine in failed {
      styledText.add("  ", TextRun("✗ ", .error), TextRun("did not come up: \(machine)"), hangingIndent: 4)
    }
    return styledText
  }
}

extension ProgressMonitor {
  /// What follows `apply` does, or the user is told to do, so it is no verdict of `verify`.
  fileprivate func styledText(_ elapsed: Duration?, _ outcome: Outcome?) -> StyledText {
    var styledText = progress(showsClock: elapsed != nil, outcome: outcome)
    if outcome == .verified {
      styledText.add(TextRun("verified", .success), ": the value has arrived everywhere")
    }
    return styledText
  }
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
  var styledText: StyledText {
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
