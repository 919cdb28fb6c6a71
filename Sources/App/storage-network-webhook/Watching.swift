internal import Companion
internal import Reactor

/// Looks again and again until there is an answer.
enum Watching {
  /// What one look has shown.
  struct Look<Answer> {
    let page: Page
    /// Nil where nothing is new.
    let json: String?
    /// Nil as long as there is none.
    let answer: Answer?
  }

  /// Often enough that nobody has to wait, seldom enough for a cluster with many objects.
  private static let interval: Duration = .seconds(1)

  static func untilAnswered<Answer>(as format: ReportFormat, _ look: () throws -> Look<Answer>) throws -> Answer {
    var screen = Screen(.standardOutput, height: TerminalDevice.isPresent ? TerminalDevice.rows : nil)
    let pause = try Poller(batch: 1)
    var lastPage: Page?
    while true {
      let sight: Look<Answer>
      do {
        sight = try look()
        lastPage = sight.page
      } catch {
        // At the beginning it is somebody's mistake; later an API server restarts, or a file is being written.
        guard let lastPage else { throw error }
        if format == .text { try StandardOutput.write(screen.paint(lastPage.with(trouble: error))) }
        try pause.wait(until: .now + interval) { _ in }
        continue
      }
      switch format {
      case .text: try StandardOutput.write(screen.paint(sight.page))
      case .json: try StandardOutput.write(sight.json ?? "")
      }
      if let answer = sight.answer { return answer }
      try pause.wait(until: .now + interval) { _ in }
    }
  }
}

extension Page {
  fileprivate func with(trouble: any Error) -> Page {
    var page = self
    page.addBlank()
    page.add(Run("! ", .caution), Run("the last look failed: \(trouble)"), hanging: 2)
    return page
  }
}
