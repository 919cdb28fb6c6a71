/// A bar of fixed width with its percentage.
package struct ProgressBar {
  private let percent: Int

  package init(percent: Int) {
    self.percent = percent
  }

  package var runs: [TextRun] {
    let cells = 30
    let full = percent * cells / 100
    return [
      "  ", TextRun(String(repeating: "█", count: full), .success),
      TextRun(String(repeating: "░", count: cells - full), .dim),
      TextRun("  \(percent) %"),
    ]
  }
}

extension Duration {
  /// For example `42 s` or `3 min 05 s`.
  package var words: String {
    let seconds = components.seconds
    guard seconds >= 60 else { return "\(seconds) s" }
    return "\(seconds / 60) min \(seconds % 60 < 10 ? "0" : "")\(seconds % 60) s"
  }
}
