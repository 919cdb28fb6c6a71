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
    while true {
      let sight = try look()
      switch format {
      case .text: try StandardOutput.write(screen.paint(sight.page))
      case .json: try StandardOutput.write(sight.json ?? "")
      }
      if let answer = sight.answer { return answer }
      try pause.wait(atMost: interval) { _ in }
    }
  }
}
