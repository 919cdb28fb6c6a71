internal import Companion
internal import Reactor

/// Looks again and again until there is an answer.
enum Watching {
  /// Often enough that nobody has to wait, seldom enough for a cluster with many objects.
  private static let interval: Duration = .seconds(1)

  /// - Parameter look: Gives the page to show and, once there is one, the answer.
  static func untilAnswered<Answer>(_ look: () throws -> (page: Page, answer: Answer?)) throws -> Answer {
    var screen = Screen(.standardOutput, height: TerminalDevice.isPresent ? TerminalDevice.rows : nil)
    let pause = try Poller(batch: 1)
    while true {
      let (page, answer) = try look()
      try StandardOutput.write(screen.paint(page))
      if let answer { return answer }
      try pause.wait(atMost: interval) { _ in }
    }
  }
}
