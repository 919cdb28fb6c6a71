internal import JSON

/// Which of the setting's two texts a message is about.
package enum SettingField: String, Sendable {
  case value
  case `default`
}

/// A proposed text of the setting and its content.
struct ParsedSetting {
  enum ParseResult {
    /// The field holds no string at all.
    case notString
    case tooLong(bytes: Int)
    case notJSON(JSONError, text: [UInt8])
    case notAnObject(JSONValue)
    case network(ProposedNetwork)
  }

  let field: SettingField
  let reading: ParseResult

  /// Enough for three thousand exclusions.
  static let longestText = 64 * 1024

  init(field: SettingField, text: SettingText) {
    self.field = field
    guard case .text(let bytes) = text else {
      reading = .notString
      return
    }
    if bytes.count > Self.longestText {
      reading = .tooLong(bytes: bytes.count)
      return
    }
    do throws(JSONError) {
      reading = try .read(bytes.span)
    } catch {
      reading = .notJSON(error, text: bytes)
    }
  }
}

extension ParsedSetting.ParseResult {
  fileprivate static func read(_ text: Span<UInt8>) throws(JSONError) -> Self {
    var reader = JSONReader(text)
    let kind = try reader.nextKind()
    if kind == .object { return .network(try ProposedNetwork(text)) }
    return .notAnObject(try JSONValue(parsing: text))
  }
}
