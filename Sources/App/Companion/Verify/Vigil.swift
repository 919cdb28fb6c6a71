internal import JSON

/// Follows a change until it is verified, or until nothing moves any more.
///
/// It has no clock: whoever asks says how much time has passed since the beginning.
package struct Vigil {
  package enum Ending: Sendable, Equatable {
    case verified
    /// Nothing has moved for as long as the operator wanted to wait.
    case stuck
  }

  private let patience: Duration
  private var report: VerifyReport?
  private var lastProgress = Duration.zero
  private var elapsed = Duration.zero
  /// Why the last look showed nothing; nil where it did.
  private var trouble: String?
  /// Whether the last report differed from the one before.
  package private(set) var hasMoved = false

  package init(patience: Duration) {
    self.patience = patience
  }

  /// Takes the next look at the cluster; the ending, once there is one.
  package mutating func see(_ report: VerifyReport, after elapsed: Duration) -> Ending? {
    hasMoved = report.signs != self.report?.signs
    if hasMoved { lastProgress = elapsed }
    self.report = report
    self.elapsed = elapsed
    trouble = nil
    return report.isVerified ? .verified : endingOfPatience
  }

  /// Whether there has been anything to see, so that a look that fails may be a passing failure.
  package var hasSeen: Bool { report != nil }

  /// Takes a look that failed: an API server restarts, a file is being written.
  package mutating func see(nothing reason: String, after elapsed: Duration) -> Ending? {
    hasMoved = false
    self.elapsed = elapsed
    trouble = reason
    return endingOfPatience
  }

  private var endingOfPatience: Ending? { elapsed - lastProgress >= patience ? .stuck : nil }
}

extension Vigil {
  /// - Parameter showsClock: Whether the page is painted over, so that it may change every second.
  package func page(showsClock: Bool, ending: Ending?) -> Page {
    var page = Page()
    guard let report else { return page }
    page.add(report.heading)
    page.addBlank()
    for step in report.steps {
      let isTold = step.state == .broken || step.step == .settingIsCarriedOut
      page.add(step, isWhole: isTold || ending == .stuck && !step.state.isDone)
    }
    page.addBlank()
    page.add(bar(report.progress) + (showsClock ? [Run("  \(clock)", .faint)] : []))
    if let trouble { page.add(Run("! ", .caution), Run("the last look failed: \(trouble)"), hanging: 2) }
    switch ending {
    case .verified: page.add(Run("verified", .good), ": you can start your virtual machines")
    case .stuck:
      let open = report.steps.filter { !$0.state.isDone }.map { "«\($0.step.title)»" }
      page.add(
        Run("stuck", .bad), Run(" for \(patience.words) at \(open.joined(separator: ", "))"), hanging: 2)
    case nil: break
    }
    return page
  }

  /// The JSON of the report with how long it took to get there, one line a look.
  package var json: String {
    guard let report else { return "" }
    return (report.members + [JSONMember("elapsedSeconds", Int(elapsed.components.seconds))]).line
  }

  private func bar(_ progress: Progress) -> [Run] {
    let cells = 30
    let full = progress.percent * cells / 100
    return [
      "  ", Run(String(repeating: "█", count: full), .good), Run(String(repeating: "░", count: cells - full), .faint),
      Run("  \(progress.percent) %"),
    ]
  }

  private var clock: String {
    let still = elapsed - lastProgress
    return elapsed.words + (still >= .seconds(5) ? ", nothing has moved for \(still.words)" : "")
  }
}

extension Duration {
  /// `42 s`, `3 min 05 s`
  fileprivate var words: String {
    let seconds = components.seconds
    guard seconds >= 60 else { return "\(seconds) s" }
    return "\(seconds / 60) min \(seconds % 60 < 10 ? "0" : "")\(seconds % 60) s"
  }
}
