/// A style with a meaning; its color is the renderer's choice.
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
  /// The parameters of Select Graphic Rendition (ECMA-48 section 8.3.117); nil for the default style.
  ///
  /// Only the sixteen standard colours, so that the user's theme applies.
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

/// A piece of text in one style.
package struct TextRun: Sendable, Equatable {
  package var text: String
  package var style: TextStyle

  package init(_ text: String, _ style: TextStyle = .plain) {
    self.text = text
    self.style = style
  }
}

extension TextRun {
  /// The run without control characters, so that text from other sources cannot move the cursor: a line break becomes a
  /// space, every other one (U+0000 to U+001F, U+007F to U+009F) a replacement character.
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
