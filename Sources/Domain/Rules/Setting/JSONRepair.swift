internal import JSON

/// A tolerant reading of a text that is not JSON: every usual mistake in it, and the intended object.
///
/// The strict reader stops at the first mistake; correcting one at a time needs a try for each.
struct JSONRepair {
  let mistakes: [JSONMistake]
  let object: JSONValue

  /// Nil where the text is not an object with usual mistakes alone.
  init?(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var reader = TolerantJSONReader(text)
    guard let object = try? reader.readText(), case .object(let members) = object, !members.isEmpty,
      !reader.mistakes.isEmpty
    else { return nil }
    mistakes = reader.mistakes
    self.object = object
  }
}

/// Mistakes from JavaScript, Python, YAML, HCL, and the quotes of word processors.
enum JSONMistake: Hashable, Sendable {
  case quotesAroundObject
  case missingBraces
  case singleQuotes
  case typographicQuotes
  case missingQuotes
  case missingComma
  case spareComma
  case comment
  case capitalisedLiteral
  case equalsSign
  case leadingZero
  case invisibleCharacter(Unicode.Scalar)
  case missingEnd
  case textAfterEnd

  /// The rest of a sentence that begins with «the text has».
  var description: String {
    switch self {
    case .quotesAroundObject: "quotes around the whole object"
    case .missingBraces: "no { and } around its entries"
    case .singleQuotes: "single quotes in place of double quotes"
    case .typographicQuotes: "typographic quotes in place of straight ones"
    case .missingQuotes: "a key or a text without quotes"
    case .missingComma: "a missing comma"
    case .spareComma: "a comma too many"
    case .comment: "a comment"
    case .capitalisedLiteral: "True, False or None in place of true, false or null"
    case .equalsSign: "= in place of :"
    case .leadingZero: "a number with leading zeros"
    case .invisibleCharacter(let scalar): "an invisible character (\(scalar.codePoint))"
    case .missingEnd: "no closing bracket at its end"
    case .textAfterEnd: "a bracket or a comma after its end"
    }
  }
}
