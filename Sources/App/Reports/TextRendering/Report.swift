package import JSON

/// A report that can be shown to people and to programs.
package protocol Report {
  /// - Parameter width: What the terminal has; pictures are made to fit, text is broken later.
  func styledText(within width: Int?) -> StyledText
  /// Its members in the order of the documentation (docs/cli.md).
  var members: [JSONMember] { get }
}

extension Report {
  package func text(for terminal: Terminal) -> String { styledText(within: terminal.width).text(for: terminal) }

  package var json: String { members.line }
}

extension [JSONMember] {
  /// One JSON object on one line.
  var line: String {
    var writer = JSONWriter()
    writer.append(object: self)
    writer.append(raw: "\n")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONMember {
  init(_ key: String, _ value: JSONValue) { self.init(key: key, value: value) }
  init(_ key: String, _ text: String?) { self.init(key: key, value: text.map(JSONValue.string) ?? .null) }
  init(_ key: String, _ number: Int?) { self.init(key: key, value: number.map { .number(String($0)) } ?? .null) }
  init(_ key: String, _ truth: Bool?) { self.init(key: key, value: truth.map(JSONValue.bool) ?? .null) }
  init(_ key: String, _ texts: [String]) { self.init(key: key, value: .array(texts.map(JSONValue.string))) }
  init(_ key: String, _ objects: [[JSONMember]]) {
    self.init(key: key, value: .array(objects.map(JSONValue.object)))
  }
}
