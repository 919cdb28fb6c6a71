/// A colour with a meaning; how it looks is the renderer's business.
package enum TextStyle: Sendable, Equatable, CaseIterable {
  case plain
  case bold
  case dim
  case success
  case error
  case warning
  case accent
}

extension TextStyle {
  /// The parameters of Select Graphic Rendition (ECMA-48 section 8.3.117); nil for the terminal's own colour.
  ///
  /// Only the sixteen colours that every terminal has, so that the user's own theme decides what they look like.
  var selection: String? {
    switch self {
    case .plain: nil
    case .bold: "1"
    case .dim: "2"
    case .success: "32"
    case .error: "31"
    case .warning: "33"
    case .accent: "36"
    }
  }
}

/// A piece of text in one ink.
package struct TextRun: Sendable, Equatable {
  package var text: String
  package var style: TextStyle

  package init(_ text: String, _ style: TextStyle = .plain) {
    self.text = text
    self.style = style
  }
}

extension TextRun {
  /// Much of what is shown was written by others, whose control characters shall move nobody's cursor: a line break
  /// becomes a space, every other one (U+0000 to U+001F, U+007F to U+009F) a replacement character.
  var sanitized: TextRun {
    func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value }
    guard text.unicodeScalars.contains(where: isControl) else { return self }
    var sanitized = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      sanitized.append(scalar == "\n" ? " " : isControl(scalar) ? "\u{FFFD}" : scalar)
    }
    return TextRun(String(sanitized), style)
  }
}

extension TextRun: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) {
    self.init(text)
  }
}
