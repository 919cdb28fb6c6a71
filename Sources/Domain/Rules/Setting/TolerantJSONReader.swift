internal import JSON

/// Reads the intended object and records every mistake. Each function consumes the text that it reads.
struct TolerantJSONReader {
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
      record(.missingBraces)
      object = .object(try readMembers())
    }
    skipBlanks()
    let ends: [Unicode.Scalar] = ["}", "]", ",", ";"]
    while let next = text.first, ends.contains(next) {
      record(.textAfterEnd)
      text.removeFirst()
      skipBlanks()
    }
    guard text.isEmpty else { throw Unreadable() }
    return object
  }

  private mutating func record(_ mistake: JSONMistake) {
    if !mistakes.contains(mistake) { mistakes.append(mistake) }
  }

  /// Quotes around the whole value, as in a shell or YAML.
  private mutating func removeQuotesAroundObject() {
    guard let quote = text.first, quote.isQuote, let end = text.lastIndex(where: { $0.isText }),
      end > text.startIndex, text[end] == quote, text.dropFirst().first(where: { $0.isText }) == "{"
    else { return }
    record(.quotesAroundObject)
    text = text[(text.startIndex + 1)..<end]
    skipBlanks()
  }
}

extension TolerantJSONReader {
  private mutating func readValue() throws(Unreadable) -> JSONValue {
    skipBlanks()
    switch text.first {
    case "{": return .object(try readNested { reader throws(Unreadable) in try reader.readMembers() })
    case "[": return .array(try readNested { reader throws(Unreadable) in try reader.readElements() })
    case let quote? where quote.isQuote: return .string(try readString())
    default: return try readWord()
    }
  }

  /// Reads the content of a container, whose closing bracket may be missing at the end of the text.
  private mutating func readNested<Content>(
    _ read: (inout TolerantJSONReader) throws(Unreadable) -> [Content]
  ) throws(Unreadable) -> [Content] {
    let end: Unicode.Scalar = text.removeFirst() == "{" ? "}" : "]"
    depth += 1
    guard depth < JSONLimits.depth else { throw Unreadable() }
    let content = try read(&self)
    depth -= 1
    if text.isEmpty {
      record(.missingEnd)
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
      case "=": record(.equalsSign)
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

  /// Reads the separator before an entry; returns whether another entry follows.
  private mutating func readSeparator(isFirst: Bool) throws(Unreadable) -> Bool {
    var commas = 0
    skipBlanks()
    while text.first == "," {
      commas += 1
      text.removeFirst()
      skipBlanks()
    }
    guard let next = text.first, next != "}", next != "]" else {
      if commas > 0 { record(.spareComma) }
      return false
    }
    if commas > (isFirst ? 0 : 1) { record(.spareComma) }
    if commas == 0, !isFirst { record(.missingComma) }
    return true
  }
}

extension TolerantJSONReader {
  /// Reads a key, or a text in quotes of any kind.
  private mutating func readString() throws(Unreadable) -> String {
    let quote = text.removeFirst()
    if quote == "'" || quote == "`" { record(.singleQuotes) }
    if quote.isTypographicQuote { record(.typographicQuotes) }
    var string = ""
    while let scalar = text.popFirst() {
      if quote.isTypographicQuote ? scalar.isQuote : scalar == quote { return string }
      // A string that continues after a line end most likely lacks its quote.
      guard scalar.value >= 0x20 else { throw Unreadable() }
      string.unicodeScalars.append(scalar == "\\" ? try readEscape() : scalar)
    }
    throw Unreadable()
  }

  /// Reads an escape sequence without digits and returns its character.
  private mutating func readEscape() throws(Unreadable) -> Unicode.Scalar {
    switch text.popFirst() {
    case let scalar? where scalar.isQuote || scalar == "\\" || scalar == "/": return scalar
    case "n": return "\n"
    case "t": return "\t"
    default: throw Unreadable()
    }
  }

  private mutating func readUnquotedKey() throws(Unreadable) -> String {
    record(.missingQuotes)
    return try readLetters()
  }

  private mutating func readWord() throws(Unreadable) -> JSONValue {
    let word = try readLetters()
    if let value = try? JSONValue(parsing: Array(word.utf8)) { return value }
    switch word.lowercased() {
    case "true", "false", "null", "none":
      record(.capitalisedLiteral)
      return word.lowercased() == "true" ? .bool(true) : word.lowercased() == "false" ? .bool(false) : .null
    default:
      break
    }
    if word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      record(.leadingZero)
      let digits = word.drop { $0 == "0" }
      return .number(digits.isEmpty ? "0" : String(digits))
    }
    record(.missingQuotes)
    return .string(word)
  }

  /// Reads a word of the letters, digits and signs that names and networks consist of.
  private mutating func readLetters() throws(Unreadable) -> String {
    let letters = text.prefix { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-/+".unicodeScalars.contains(scalar))
    }
    guard !letters.isEmpty else { throw Unreadable() }
    text.removeFirst(letters.count)
    // A word at the end of a truncated text may be incomplete.
    guard depth == 0 || !text.isEmpty else { throw Unreadable() }
    var word = String.UnicodeScalarView()
    word.append(contentsOf: letters)
    return String(word)
  }

  /// Moves past white space, comments and invisible characters.
  private mutating func skipBlanks() {
    while let next = text.first {
      if next == "#" || text.starts(with: ["/", "/"]) {
        record(.comment)
        text = text.drop { $0 != "\n" }
      } else if text.starts(with: ["/", "*"]) {
        record(.comment)
        text.removeFirst(2)
        while !text.isEmpty, !text.starts(with: ["*", "/"]) { text.removeFirst() }
        text = text.dropFirst(2)
      } else if next.isText {
        return
      } else {
        if !next.isJSONWhiteSpace { record(.invisibleCharacter(next)) }
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
