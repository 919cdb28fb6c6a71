/// Writes a drawing (SVG 1.1) that looks the same on light and dark pages of a documentation.
struct SVG {
  private var body = ""
  let width: Int
  var height = 0

  static let monospaced = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"

  init(width: Int) {
    self.width = width
  }

  mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, title: String) {
    body += """
      <rect x="\(x.short)" y="\(y.short)" width="\(width.short)" height="\(height.short)" fill="\(fill)">\
      <title>\(title.escaped)</title></rect>

      """
  }

  /// - Parameter x: The start of the text, or its end with `isTrailing`.
  mutating func text(
    _ x: Double, _ y: Double, _ text: String, fill: String, isBold: Bool = false, isTrailing: Bool = false
  ) {
    body += """
      <text x="\(x.short)" y="\(y.short)" fill="\(fill)"\(isBold ? " font-weight=\"bold\"" : "")\
      \(isTrailing ? " text-anchor=\"end\"" : "") xml:space="preserve">\(text.escaped)</text>

      """
  }

  /// - Parameter title: A description of the drawing, for screen readers.
  func document(titled title: String, background: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
    role="img" font-family="\(Self.monospaced)" font-size="13">
    <title>\(title.escaped)</title>
    <rect width="\(width)" height="\(height)" rx="8" fill="\(background)"/>
    \(body)</svg>

    """
  }
}

extension Double {
  /// The number with up to two decimals, which is finer than any screen.
  fileprivate var short: String {
    let hundredths = Int((self * 100).rounded())
    if hundredths % 100 == 0 { return "\(hundredths / 100)" }
    let decimals =
      hundredths % 10 == 0 ? "\(hundredths % 100 / 10)" : "\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return "\(hundredths / 100).\(decimals)"
  }
}

extension String {
  /// The text with escapes for the characters that end a text or an attribute (XML 1.0 section 2.4). Characters that
  /// XML cannot contain are replaced.
  fileprivate var escaped: String {
    reduce(into: "") { text, character in
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case _ where character.unicodeScalars.contains(where: { $0.value < 0x20 }): text += "\u{FFFD}"
      default: text.append(character)
      }
    }
  }
}
