internal import JSON

extension Collection where Element == String {
  /// `a`, `a and b`, `a, b and c`; with more than ten elements `..., j and 5 more`.
  package var englishList: String {
    NameList(first: Array(prefix(NameList.limit)), count: count).englishList
  }
}

extension Int {
  /// `1 node`, `3 nodes`.
  package func counted(_ unit: String) -> String { "\(self) \(self == 1 ? unit : unit.plural)" }
}

extension String {
  /// The text in straight quotes, truncated; quotes and backslashes are escaped as in Go and JSON.
  var quoted: String {
    var text = "\""
    for scalar in truncated(to: 80).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }

  /// Returns the text, truncated to a number of UTF-8 bytes with an ellipsis.
  func truncated(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var kept = ""
    for character in self {
      if kept.utf8.count + character.utf8.count > limit - 3 { break }
      kept.append(character)
    }
    return kept + "..."
  }

  /// Returns the text in ASCII, with escapes for other characters, truncated to a number of characters.
  func ascii(upTo limit: Int) -> String {
    if utf8.count <= limit, utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var text = ""
    var lengthBeforeEllipsis = 0
    for scalar in unicodeScalars {
      let piece = scalar.isASCII && scalar.isPrintable ? String(scalar) : scalar.escaped
      if text.utf8.count + piece.utf8.count > limit { return "\(text.prefix(lengthBeforeEllipsis))..." }
      text += piece
      if text.utf8.count <= limit - 3 { lengthBeforeEllipsis = text.utf8.count }
    }
    return text
  }

  /// The text on one line: line ends and invisible characters are escaped as in JSON.
  ///
  /// A message quotes user input, in which a line end or a zero-width space is often the mistake itself.
  var escapedForOneLine: String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var line = ""
    for scalar in unicodeScalars {
      if scalar.isPrintable { line.unicodeScalars.append(scalar) } else { line += scalar.escaped }
    }
    return line
  }
}

extension JSONValue {
  /// The value as JSON, the keys of every object in byte order.
  var written: String {
    var writer = JSONWriter()
    writer.append(sorted: self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension String {
  /// The plural of the nouns that messages use.
  fileprivate var plural: String {
    if hasSuffix("s") { return "\(self)es" }
    if hasSuffix("y") { return "\(dropLast())ies" }
    return "\(self)s"
  }
}

extension Unicode.Scalar {
  var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: self == " "
    default: true
    }
  }

  /// Such as `U+FEFF`.
  var codePoint: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The escape sequence of the character in Go and JSON, such as `\n` and `\u00f6`.
  fileprivate var escaped: String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(value, radix: 16)
      let (mark, length) = value > 0xFFFF ? ("\\U", 8) : ("\\u", 4)
      return mark + String(repeating: "0", count: length - digits.count) + digits
    }
  }
}
