/// Why a text is not JSON, and the byte at which parsing stopped.
public struct JSONError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case unexpectedEnd
    case expectedValue
    case expectedString
    case expectedKey
    case expectedColon
    case expectedCommaOrClosingBrace
    case expectedCommaOrClosingBracket
    case invalidNumber
    case invalidLiteral
    case invalidEscape
    case unpairedSurrogate
    case controlCharacterInString
    case invalidUTF8
    case trailingText
    case tooDeep
  }

  public let problem: Problem
  /// The number of bytes before the invalid one.
  public let offset: Int
}

extension JSONError {
  /// The problem as a clause for a message.
  public var explanation: String {
    switch problem {
    case .unexpectedEnd: "the text ends too early"
    case .expectedValue: "a value was expected"
    case .expectedString: "a string was expected"
    case .expectedKey: "a key in double quotes was expected"
    case .expectedColon: "a colon was expected after the key"
    case .expectedCommaOrClosingBrace: "a comma or } was expected"
    case .expectedCommaOrClosingBracket: "a comma or ] was expected"
    case .invalidNumber: "this is not a JSON number"
    case .invalidLiteral: "only true, false and null are written without quotes"
    case .invalidEscape: "this is not a JSON escape sequence"
    case .unpairedSurrogate: "this \\u escape is half of a surrogate pair"
    case .controlCharacterInString: "a control character in a string must be escaped"
    case .invalidUTF8: "this is not UTF-8"
    case .trailingText: "the text goes on after its value"
    case .tooDeep: "values are nested deeper than \(JSONLimits.depth) levels"
    }
  }

  /// Returns the position of `offset` in `text`; lines and columns count from 1, and columns count bytes.
  public func position(in text: Span<UInt8>) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    for offset in 0..<min(offset, text.count) {
      if text[offset] == UInt8(ascii: "\n") { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return (line, column)
  }

  public func position(in text: [UInt8]) -> (line: Int, column: Int) { position(in: text.span) }
}

/// Limits on JSON input.
public enum JSONLimits {
  /// The maximum depth of nested arrays and objects.
  ///
  /// One bit per level fits a machine word, so skipping needs no stack. Kubernetes objects nest about 20 deep.
  public static let depth = 64
}
