package import JSON
internal import Rules

/// Tracks the progress of a change until it is verified or stalled.
///
/// It has no clock: the caller passes the time since the start.
package struct ProgressMonitor {
  package enum Outcome: Sendable, Equatable {
    case verified
    /// There was no progress for `stallTimeout`.
    case stalled
  }

  private let stallTimeout: Duration
  private var report: VerifyReport?
  private var lastProgress = Duration.zero
  private var elapsed = Duration.zero
  /// The maximum so far for this value: restarted pods do not reduce it.
  private var percent = 0
  /// The error of the last fetch; nil if it succeeded.
  private var lastError: String?
  /// Whether the last report differed from the one before.
  package private(set) var hasProgressed = false

  package init(stallTimeout: Duration) {
    self.stallTimeout = stallTimeout
  }

  /// Records a report. Returns the outcome, once there is one.
  package mutating func record(_ report: VerifyReport, at elapsed: Duration) -> Outcome? {
    hasProgressed = report.progressKey != self.report?.progressKey
    if hasProgressed { lastProgress = elapsed }
    let isSameChange = report.setting.value == self.report?.setting.value
    percent = max(report.percent, isSameChange ? percent : 0)
    self.report = report
    self.elapsed = elapsed
    lastError = nil
    return report.isVerified ? .verified : stallOutcome
  }

  /// Whether there was a report, so that an error of the next fetch may be temporary.
  package var hasReport: Bool { report != nil }

  /// Records an error of a fetch: an API server restarts, or a file is being written.
  package mutating func recordFailure(_ reason: String, at elapsed: Duration) -> Outcome? {
    hasProgressed = false
    self.elapsed = elapsed
    lastError = reason
    return stallOutcome
  }

  private var stallOutcome: Outcome? { elapsed - lastProgress >= stallTimeout ? .stalled : nil }
}

extension ProgressMonitor {
  /// The steps with a bar, and the verdict of `verify`.
  ///
  /// - Parameter showsClock: Whether the text overwrites the last one, so that it may change every second.
  package func styledText(showsClock: Bool, outcome: Outcome?) -> StyledText {
    var styledText = progress(showsClock: showsClock, outcome: outcome)
    guard let report else { return styledText }
    switch outcome {
    case .verified: styledText.add(TextRun("verified", .success), ": you can start your virtual machines")
    case .stalled:
      let open = report.steps.filter { !$0.state.isDone }.map { "«\($0.step.title)»" }
      styledText.add(
        TextRun("stuck", .error), TextRun(" for \(stallTimeout.words) at \(open.joined(separator: ", "))"),
        hangingIndent: 2)
    case nil: break
    }
    return styledText
  }

  /// The steps with a bar, for a command that has a verdict of its own.
  package func progress(showsClock: Bool, outcome: Outcome?) -> StyledText {
    var styledText = StyledText()
    guard let report else { return styledText }
    styledText.add(report.heading)
    styledText.addBlank()
    for step in report.steps {
      let isAlwaysWhole = step.state == .failed || step.step == .settingApplied
      let isFinal = outcome == .stalled && !step.state.isDone || outcome == .verified && step.state == .warning
      styledText.add(step, isWhole: isAlwaysWhole || isFinal)
    }
    styledText.addBlank()
    styledText.add(ProgressBar(percent: percent).runs + (showsClock ? [TextRun("  \(clock)", .dim)] : []))
    if let lastError {
      styledText.add(TextRun("! ", .warning), TextRun("the last read failed: \(lastError)"), hangingIndent: 2)
    }
    return styledText
  }

  /// The JSON of the report with the time elapsed, one line per fetch.
  package var json: String { report == nil ? "" : members.line }

  package var members: [JSONMember] {
    guard let report else { return [] }
    return report.members(percent: percent) + [JSONMember("elapsedSeconds", Int(elapsed.components.seconds))]
  }

  private var clock: String {
    let still = elapsed - lastProgress
    return elapsed.words + (still >= .seconds(5) ? ", nothing has moved for \(still.words)" : "")
  }
}
