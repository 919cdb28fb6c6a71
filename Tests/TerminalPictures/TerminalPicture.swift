package import Reports

/// A text as a picture of a terminal, for the documentation, with the same text and styles.
package struct TerminalPicture {
  let command: String
  let lines: [[TextRun]]
  private let columns: Int

  package init(_ command: String, _ styledText: StyledText, columns: Int = 100) {
    self.command = command
    self.columns = columns
    lines = styledText.wrapped(for: Terminal(width: columns, usesColor: true))
  }

  private static let lineHeight = 19.0
  private static let cell = 8.0

  package var svg: String {
    let prompt = [TextRun("$ ", .dim), TextRun(command, .bold)]
    let all = [prompt, []] + lines
    let height = Int(Double(all.count) * Self.lineHeight + 56)
    let width = Int(Double(columns) * Self.cell + 40)
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13.3">
      <title>\(command.escaped)</title>
      <rect width="\(width)" height="\(height)" rx="10" fill="#1b2027"/>
      <circle cx="20" cy="18" r="6" fill="#ff5f56"/><circle cx="40" cy="18" r="6" fill="#ffbd2e"/>\
      <circle cx="60" cy="18" r="6" fill="#27c93f"/>

      """
    for (index, line) in all.enumerated() where !line.isEmpty {
      svg += text(line, y: 52 + Double(index) * Self.lineHeight)
    }
    return svg + "</svg>\n"
  }

  /// Every run has its own position, so that columns are aligned in any font.
  private func text(_ line: [TextRun], y: Double) -> String {
    var column = 0
    var text = #"<text y="\#(Int(y))" xml:space="preserve">"#
    for run in line {
      defer { column += run.text.count }
      let leading = run.text.prefix { $0 == " " }.count
      guard leading < run.text.count else { continue }
      let words = String(run.text.dropFirst(leading))
      let length = Double(words.count) * Self.cell
      text += """
        <tspan x="\(20 + Int(Double(column + leading) * Self.cell))" textLength="\(Int(length))" \
        fill="\(run.style.color)"\(run.style == .bold ? " font-weight=\"bold\"" : "")>\(words.escaped)</tspan>
        """
    }
    return text + "</text>\n"
  }
}

extension TextStyle {
  fileprivate var color: String {
    switch self {
    case .plain: "#d5dae1"
    case .bold: "#ffffff"
    case .dim: "#8a94a3"
    case .success: "#5fd38d"
    case .error: "#ff7b72"
    case .warning: "#e3b341"
    case .accent: "#6cb6ff"
    }
  }
}

extension String {
  fileprivate var escaped: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
