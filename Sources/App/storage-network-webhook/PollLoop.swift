internal import Platform
internal import Reports

/// Polls until there is an outcome.
enum PollLoop {
  /// The result of one poll.
  struct PollResult<Report> {
    let styledText: StyledText
    /// Nil if nothing has changed.
    let json: String?
    /// The outcome; nil while there is none.
    let outcome: Report?
  }

  /// Short enough for an interactive display, long enough for a cluster with many objects.
  private static let interval: Duration = .seconds(1)

  static func run<Report>(as format: ReportFormat, _ fetch: () throws -> PollResult<Report>) throws -> Report {
    var display = LiveDisplay(.standardOutput, height: TerminalDevice.isPresent ? TerminalDevice.rows : nil)
    let pause = try Poller(batch: 1)
    var lastText: StyledText?
    while true {
      let result: PollResult<Report>
      do {
        result = try fetch()
        lastText = result.styledText
      } catch {
        // An error of the first poll is a mistake of the operator; later an API server restarts, or a file is being
        // written.
        guard let lastText else { throw error }
        if format == .text { try StandardOutput.write(display.render(lastText.with(error))) }
        try pause.wait(until: .now + interval) { _ in }
        continue
      }
      switch format {
      case .text: try StandardOutput.write(display.render(result.styledText))
      case .json: try StandardOutput.write(result.json ?? "")
      }
      if let outcome = result.outcome { return outcome }
      try pause.wait(until: .now + interval) { _ in }
    }
  }
}

extension StyledText {
  fileprivate func with(_ error: any Error) -> StyledText {
    var styledText = self
    styledText.addBlank()
    styledText.add(TextRun("! ", .warning), TextRun("the last read failed: \(error)"), hangingIndent: 2)
    return styledText
  }
}
