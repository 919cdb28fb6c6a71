/// A colour with a meaning; how it looks is the renderer's business.
package enum Ink: Sendable, Equatable, CaseIterable {
  case plain
  case strong
  case faint
  case good
  case bad
  case caution
  case accent
}

extension Ink {
  /// The parameters of Select Graphic Rendition (ECMA-48 section 8.3.117); nil for the terminal's own colour.
  ///
  /// Only the sixteen colours that every terminal has, so that the user's own theme decides what they look like.
  var selection: String? {
    switch self {
    case .plain: nil
    case .strong: "1"
    case .faint: "2"
    case .good: "32"
    case .bad: "31"
    case .caution: "33"
    case .accent: "36"
    }
  }
}

/// A piece of text in one ink.
package struct Run: Sendable, Equatable {
  package var text: String
  package var ink: Ink

  package init(_ text: String, _ ink: Ink = .plain) {
    self.text = text
    self.ink = ink
  }
}

extension Run {
  /// Much of what is shown was written by others, whose control characters shall move nobody's cursor: a line break
  /// becomes a space, every other one (U+0000 to U+001F, U+007F to U+009F) a replacement character.
  var printable: Run {
    func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value }
    guard text.unicodeScalars.contains(where: isControl) else { return self }
    var printable = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      printable.append(scalar == "\n" ? " " : isControl(scalar) ? "\u{FFFD}" : scalar)
    }
    return Run(String(printable), ink)
  }
}

extension Run: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) {
    self.init(text)
  }
}
