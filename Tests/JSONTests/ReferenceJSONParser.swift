/// RFC 8259 written for readability, not for speed: the oracle of the JSON reader.
///
/// One function for each production of the grammar; it returns the rest of the text, or nil without a match.
enum ReferenceJSONParser {
  static func accepts(_ text: [UInt8]) -> Bool {
    guard String(validating: text, as: UTF8.self) != nil else { return false }
    guard let rest = value(blank(text[...]), depth: 0) else { return false }
    return blank(rest).isEmpty
  }

  typealias Text = ArraySlice<UInt8>

  static func blank(_ text: Text) -> Text { text.drop { " \t\r\n".utf8.contains($0) } }

  static func literal(_ word: String, _ text: Text) -> Text? {
    text.starts(with: word.utf8) ? text.dropFirst(word.utf8.count) : nil
  }

  static func value(_ text: Text, depth: Int) -> Text? {
    literal("null", text) ?? literal("true", text) ?? literal("false", text) ?? string(text) ?? number(text)
      ?? list(text, "[", "]", depth: depth) { value($0, depth: depth + 1) }
      ?? list(text, "{", "}", depth: depth) { text in
        string(text).flatMap { literal(":", blank($0)) }.flatMap { value(blank($0), depth: depth + 1) }
      }
  }

  static func list(
    _ text: Text, _ open: String, _ close: String, depth: Int, item: (Text) -> Text?
  ) -> Text? {
    guard depth < 64, var rest = literal(open, text).map(blank) else { return nil }
    if let end = literal(close, rest) { return end }
    while let afterItem = item(rest).map(blank) {
      if let end = literal(close, afterItem) { return end }
      guard let afterComma = literal(",", afterItem) else { return nil }
      rest = blank(afterComma)
    }
    return nil
  }

  static func number(_ text: Text) -> Text? {
    let unsigned = literal("-", text) ?? text
    guard var rest = literal("0", unsigned) ?? digits(unsigned) else { return nil }
    if let fraction = literal(".", rest) {
      guard let end = digits(fraction) else { return nil }
      rest = end
    }
    if let exponent = literal("e", rest) ?? literal("E", rest) {
      guard let end = digits(literal("+", exponent) ?? literal("-", exponent) ?? exponent) else { return nil }
      rest = end
    }
    return rest
  }

  static func digits(_ text: Text) -> Text? {
    let rest = text.drop { $0 >= 0x30 && $0 <= 0x39 }
    return rest.count < text.count ? rest : nil
  }

  static func string(_ text: Text) -> Text? {
    guard var rest = literal("\"", text) else { return nil }
    while let byte = rest.first {
      if byte == 0x22 { return rest.dropFirst() }
      if byte < 0x20 { return nil }
      guard byte == 0x5C else {
        rest = rest.dropFirst()
        continue
      }
      guard let end = escape(rest) else { return nil }
      rest = end
    }
    return nil
  }

  static func escape(_ text: Text) -> Text? {
    for simple in ["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"] {
      if let rest = literal(simple, text) { return rest }
    }
    guard let (unit, rest) = codeUnit(text) else { return nil }
    if (0xD800...0xDBFF).contains(unit) {
      guard let (low, end) = codeUnit(rest), (0xDC00...0xDFFF).contains(low) else { return nil }
      return end
    }
    return (0xDC00...0xDFFF).contains(unit) ? nil : rest
  }

  static func codeUnit(_ text: Text) -> (Int, Text)? {
    guard let digits = literal("\\u", text)?.prefix(4), digits.count == 4,
      digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
      let unit = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    return (unit, text.dropFirst(6))
  }
}
