package import JSON

/// A report with a text and a JSON form.
package protocol Report {
  /// - Parameter width: Columns of the terminal, for drawings; text is wrapped later.
  func styledText(within width: Int?) -> StyledText
  /// The members of the JSON form, in the order of docs/cli.md.
  var members: [JSONMember] { get }
}

extension Report {
  package func text(for terminal: Terminal) -> String { styledText(within: terminal.width).text(for: terminal) }

  package var json: String { members.line }
}

extension [JSONMember] {
  /// The JSON object on one line.
  package var line: String {
    var writer = JSONWriter()
    writer.append(object: self)
    writer.append(raw: "\n")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONMember {
  package init(_ key: String, _ value: JSONValue) { self.init(key: key, value: value) }
  package init(_ key: String, _ text: String?) { self.init(key: key, value: text.map(JSONValue.string) ?? .null) }
  package init(_ key: String, _ number: Int?) {
    self.init(key: key, value: number.map { .number(String($0)) } ?? .null)
  }
  package init(_ key: String, _ truth: Bool?) { self.init(key: key, value: truth.map(JSONValue.bool) ?? .null) }
  package init(_ key: String, _ texts: [String]) { self.init(key: key, value: .array(texts.map(JSONValue.string))) }
  package init(_ key: String, _ objects: [[JSONMember]]) {
    self.init(key: key, value: .array(objects.map(JSONValue.object)))
  }
}
