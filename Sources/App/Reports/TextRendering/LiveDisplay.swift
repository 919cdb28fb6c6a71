/// Renders successive versions of a text.
///
/// On a terminal each version overwrites the last one; in a file or a pipe each one that differs is appended.
package struct LiveDisplay {
  private let terminal: Terminal
  /// Lines that fit; nil if nothing is overwritten.
  private let height: Int?
  private var shown: [String] = []

  package init(_ terminal: Terminal, height: Int?) {
    self.terminal = terminal
    self.height = height
  }

  /// Returns the output that shows this text; empty if it is shown already.
  package mutating func render(_ styledText: StyledText) -> String {
    let lines = clipped(
      styledText.text(for: terminal).split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    guard lines != shown else { return "" }
    defer { shown = lines }
    let text = lines.map { $0 + "\n" }.joined()
    guard height != nil else { return (shown.isEmpty ? "" : "\n") + text }
    // To the first line of the last text, then clear to the end of the screen (ECMA-48 CUU, ED).
    return (shown.isEmpty ? "" : "\u{1B}[\(shown.count)A\u{1B}[J") + text
  }

  /// Cuts a text that is taller than the terminal: lines that have scrolled away cannot be overwritten.
  private func clipped(_ lines: [String]) -> [String] {
    var lines = lines
    if lines.last == "" { lines.removeLast() }
    guard let height, lines.count >= height else { return lines }
    let room = max(height - 2, 1)
    return lines.prefix(room) + ["… \(lines.count - room) more lines; a taller window shows them"]
  }
}
