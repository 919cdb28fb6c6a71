/// Paints one page over the other, for somebody who watches.
///
/// On a terminal the page stays in its place; in a file or a pipe every page that differs is appended.
package struct LiveDisplay {
  private let terminal: Terminal
  /// Lines that fit; nil where nothing is painted over.
  private let height: Int?
  private var shown: [String] = []

  package init(_ terminal: Terminal, height: Int?) {
    self.terminal = terminal
    self.height = height
  }

  /// What to write so that the reader sees this page; empty where the same is seen already.
  package mutating func render(_ styledText: StyledText) -> String {
    let lines = clipped(
      styledText.text(for: terminal).split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    guard lines != shown else { return "" }
    defer { shown = lines }
    let text = lines.map { $0 + "\n" }.joined()
    guard height != nil else { return (shown.isEmpty ? "" : "\n") + text }
    // Up to the first line of the last page, and clear from there to the end (ECMA-48 CUU, ED).
    return (shown.isEmpty ? "" : "\u{1B}[\(shown.count)A\u{1B}[J") + text
  }

  /// A page taller than the terminal could not be painted over: what has scrolled away stays.
  private func clipped(_ lines: [String]) -> [String] {
    var lines = lines
    if lines.last == "" { lines.removeLast() }
    guard let height, lines.count >= height else { return lines }
    let room = max(height - 2, 1)
    return lines.prefix(room) + ["… \(lines.count - room) more lines; a taller window shows them"]
  }
}
