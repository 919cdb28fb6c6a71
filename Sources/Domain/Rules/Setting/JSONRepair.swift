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
    var reader = TolerantReader(text)
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

/// Reads the intended object. Each function leaves `index` after what it has read.
private struct TolerantReader {
  struct Unreadable: Error {}

  private(set) var mistakes: [JSONMistake] = []
  private var text: ArraySlice<Unicode.Scalar>
  private var depth = 0

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)[...]
  }

  mutating func readText() throws(Unreadable) -> JSONValue {
    skipBlanks()
    removeQuotesAroundObject()
    let object: JSONValue
    if text.first == "{" {
      object = try readValue()
    } else {
      note(.missingBraces)
      object = .object(try readMembers())
    }
    skipBlanks()
    let ends: [Unicode.Scalar] = ["}", "]", ",", ";"]
    while let next = text.first, ends.contains(next) {
      note(.textAfterEnd)
      text.removeFirst()
      skipBlanks()
    }
    guard text.isEmpty else { throw Unreadable() }
    return object
  }

  private mutating func note(_ mistake: JSONMistake) {
    if !mistakes.contains(mistake) { mistakes.append(mistake) }
  }

  /// Quotes around the whole value, as in a shell or YAML.
  private mutating func removeQuotesAroundObject() {
    guard let quote = text.first, quote.isQuote, let end = text.lastIndex(where: { $0.isText }),
      end > text.startIndex, text[end] == quote, text.dropFirst().first(where: { $0.isText }) == "{"
    else { return }
    note(.quotesAroundObject)
    text = text[(text.startIndex + 1)..<end]
    skipBlanks()
  }
}

extension TolerantReader {
  private mutating func readValue() throws(Unreadable) -> JSONValue {
    skipBlanks()
    switch text.first {
    case "{": return .object(try readNested { reader throws(Unreadable) in try reader.readMembers() })
    case "[": return .array(try readNested { reader throws(Unreadable) in try reader.readElements() })
    case let quote? where quote.isQuote: return .string(try readString())
    default: return try readWord()
    }
  }

  /// Reads what stands between two brackets, of which the second one may be missing at the end of the text.
  private mutating func readNested<Content>(
    _ read: (inout TolerantReader) throws(Unreadable) -> [Content]
  ) throws(Unreadable) -> [Content] {
    let end: Unicode.Scalar = text.removeFirst() == "{" ? "}" : "]"
    depth += 1
    guard depth < JSONLimits.depth else { throw Unreadable() }
    let content = try read(&self)
    depth -= 1
    if text.isEmpty {
      note(.missingEnd)
    } else if text.removeFirst() != end {
      throw Unreadable()
    }
    return content
  }

  /// Reads up to a closing bracket or the end of the text.
  private mutating func readMembers() throws(Unreadable) -> [JSONMember] {
    var members: [JSONMember] = []
    while try readSeparator(isFirst: members.isEmpty) {
      let key = text.first?.isQuote == true ? try readString() : try readUnquotedKey()
      skipBlanks()
      switch text.popFirst() {
      case ":": break
      case "=": note(.equalsSign)
      default: throw Unreadable()
      }
      members.append(JSONMember(key: key, value: try readValue()))
    }
    return members
  }

  private mutating func readElements() throws(Unreadable) -> [JSONValue] {
    var elements: [JSONValue] = []
    while try readSeparator(isFirst: elements.isEmpty) { elements.append(try readValue()) }
    return elements
  }

  /// Reads what stands before an entry, and tells whether there is another one.
  private mutating func readSeparator(isFirst: Bool) throws(Unreadable) -> Bool {
    var commas = 0
    skipBlanks()
    while text.first == "," {
      commas += 1
      text.removeFirst()
      skipBlanks()
    }
    guard let next = text.first, next != "}", next != "]" else {
      if commas > 0 { note(.spareComma) }
      return false
    }
    if commas > (isFirst ? 0 : 1) { note(.spareComma) }
    if commas == 0, !isFirst { note(.missingComma) }
    return true
  }
}

extension TolerantReader {
  /// Reads a key, or a text in quotes of any kind.
  private mutating func readString() throws(Unreadable) -> String {
    let quote = text.removeFirst()
    if quote == "'" || quote == "`" { note(.singleQuotes) }
    if quote.isTypographicQuote { note(.typographicQuotes) }
    var string = ""
    while let scalar = text.popFirst() {
      if quote.isTypographicQuote ? scalar.isQuote : scalar == quote { return string }
      // A text that goes on behind a line end most likely lacks its quote.
      guard scalar.value >= 0x20 else { throw Unreadable() }
      string.unicodeScalars.append(scalar == "\\" ? try readEscape() : scalar)
    }
    throw Unreadable()
  }

  /// The character that an escape sequence without digits stands for.
  private mutating func readEscape() throws(Unreadable) -> Unicode.Scalar {
    switch text.popFirst() {
    case let scalar? where scalar.isQuote || scalar == "\\" || scalar == "/": return scalar
    case "n": return "\n"
    case "t": return "\t"
    default: throw Unreadable()
    }
  }

  private mutating func readUnquotedKey() throws(Unreadable) -> String {
    note(.missingQuotes)
    return try readLetters()
  }

  private mutating func readWord() throws(Unreadable) -> JSONValue {
    let word = try readLetters()
    if let value = try? JSONValue(parsing: Array(word.utf8)) { return value }
    switch word.lowercased() {
    case "true", "false", "null", "none":
      note(.capitalisedLiteral)
      return word.lowercased() == "true" ? .bool(true) : word.lowercased() == "false" ? .bool(false) : .null
    default:
      break
    }
    if word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      note(.leadingZero)
      let digits = word.drop { $0 == "0" }
      return .number(digits.isEmpty ? "0" : String(digits))
    }
    note(.missingQuotes)
    return .string(word)
  }

  /// Reads a word of the letters, digits and signs that names and networks consist of.
  private mutating func readLetters() throws(Unreadable) -> String {
    let letters = text.prefix { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-/+".unicodeScalars.contains(scalar))
    }
    guard !letters.isEmpty else { throw Unreadable() }
    text.removeFirst(letters.count)
    // A word that the end of the text cuts off may have been longer.
    guard depth == 0 || !text.isEmpty else { throw Unreadable() }
    var word = String.UnicodeScalarView()
    word.append(contentsOf: letters)
    return String(word)
  }

  /// Moves past white space, comments and invisible characters.
  private mutating func skipBlanks() {
    while let next = text.first {
      if next == "#" || text.starts(with: ["/", "/"]) {
        note(.comment)
        text = text.drop { $0 != "\n" }
      } else if text.starts(with: ["/", "*"]) {
        note(.comment)
        text.removeFirst(2)
        while !text.isEmpty, !text.starts(with: ["*", "/"]) { text.removeFirst() }
        text = text.dropFirst(2)
      } else if next.isText {
        return
      } else {
        if !next.isJSONWhiteSpace { note(.invisibleCharacter(next)) }
        text.removeFirst()
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isJSONWhiteSpace: Bool { self == " " || self == "\n" || self == "\r" || self == "\t" }

  /// Neither white space nor invisible.
  fileprivate var isText: Bool { isPrintable && self != " " }

  fileprivate var isQuote: Bool { self == "\"" || self == "'" || self == "`" || isTypographicQuote }

  fileprivate var isTypographicQuote: Bool {
    switch value {
    case 0x2018...0x201F, 0xAB, 0xBB: true
    default: false
    }
  }
}
