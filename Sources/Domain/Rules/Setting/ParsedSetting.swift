internal import JSON

/// One of the setting's two texts.
package enum SettingField: String, Sendable {
  case value
  case `default`
}

/// A proposed text of the setting and its content.
struct ParsedSetting {
  enum ParseResult {
    /// The field is not a string.
    case notString
    case tooLong(bytes: Int)
    case notJSON(JSONError, text: [UInt8])
    case notAnObject(JSONValue)
    case network(ProposedNetwork)
  }

  let field: SettingField
  let reading: ParseResult

  /// The maximum length of a text in bytes: enough for three thousand exclusions.
  static let maxTextLength = 64 * 1024

  init(field: SettingField, text: SettingText) {
    self.field = field
    guard case .text(let bytes) = text else {
      reading = .notString
      return
    }
    if bytes.count > Self.maxTextLength {
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
