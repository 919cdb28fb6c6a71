/// Why a text is not JSON, and at which byte reading it stopped.
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
  /// Count of bytes before the offending one.
  public let offset: Int
}

extension JSONError {
  /// What is wrong as a clause that follows «at line 1, column 5: ».
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

  /// Where `offset` lies in `text`, both counted from 1; a column is a byte, as editors count ASCII.
  public func position(in text: Span<UInt8>) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    for offset in 0..<min(offset, text.count) {
      if text[offset] == UInt8(ascii: "\n") { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return (line, column)
  }

  public func position(in text: [UInt8]) -> (line: Int, column: Int) { position(in: text.span) }
}

/// Bounds on what is read as JSON.
public enum JSONLimits {
  /// Levels of arrays and objects in one text.
  ///
  /// One bit a level fits a machine word, so that skipping needs no stack. Kubernetes objects nest about 20 deep.
  public static let depth = 64
}
