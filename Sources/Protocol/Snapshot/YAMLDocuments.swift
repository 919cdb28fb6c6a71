internal import JSON

/// Converts YAML to JSON, document by document, so that one parser reads both.
///
/// Plain scalars follow the core schema of YAML 1.2 (section 10.3.2), as Kubernetes objects do.
package struct YAMLDocuments {
  private let parser: YAMLParser
  private let maxBytes: Int
  /// The JSON of every anchored node, for aliases.
  private var anchors: [String: [UInt8]] = [:]

  package init(_ text: [UInt8]) {
    parser = YAMLParser(text)
    maxBytes = SnapshotLimits.expansion * text.count + 4096
  }

  /// Returns the next document as JSON, or nil at the end. An empty document is `null`.
  package mutating func next() throws(SnapshotError) -> [UInt8]? {
    while true {
      switch try parser.next() {
      case .streamEnd: return nil
      case .documentStart:
        anchors = [:]
        return try json(of: try parser.next(), depth: 0)
      default: continue
      }
    }
  }

  private mutating func json(of event: YAMLEvent, depth: Int) throws(SnapshotError) -> [UInt8] {
    guard depth < JSONLimits.depth else {
      throw SnapshotError(explanation: "it is nested deeper than \(JSONLimits.depth) levels")
    }
    let (json, anchor) = try read(event, depth: depth)
    if let anchor { anchors[anchor] = json }
    return json
  }

  private mutating func read(
    _ event: YAMLEvent, depth: Int
  ) throws(SnapshotError) -> (json: [UInt8], anchor: String?) {
    switch event {
    case .scalar(let text, let isPlain, let anchor):
      return (isPlain ? YAMLScalar.json(ofPlain: text) : YAMLScalar.json(ofString: text), anchor)
    case .sequenceStart(let anchor):
      return (try readSequence(depth: depth), anchor)
    case .mappingStart(let anchor):
      return (try readMapping(depth: depth), anchor)
    case .alias(let name):
      guard let json = anchors[name] else {
        throw SnapshotError(explanation: "the alias *\(name) has no anchor before it")
      }
      return (json, nil)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      preconditionFailure("libyaml balances its events")
    }
  }

  private mutating func readSequence(depth: Int) throws(SnapshotError) -> [UInt8] {
    var json = [UInt8(ascii: "[")]
    while true {
      let event = try parser.next()
      if case .sequenceEnd = event { break }
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json += try self.json(of: event, depth: depth + 1)
      try checkSize(json)
    }
    json.append(UInt8(ascii: "]"))
    return json
  }

  private mutating func readMapping(depth: Int) throws(SnapshotError) -> [UInt8] {
    var json = [UInt8(ascii: "{")]
    var merged: [[UInt8]] = []
    while true {
      let event = try parser.next()
      if case .mappingEnd = event { break }
      guard case .scalar(let key, let isPlain, _) = event else {
        throw SnapshotError(explanation: "a key must be a plain text, as in every Kubernetes object")
      }
      if isPlain, key == YAMLMerge.key {
        merged.append(try self.json(of: try parser.next(), depth: depth + 1))
        continue
      }
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json += YAMLScalar.json(ofString: key)
      json.append(UInt8(ascii: ":"))
      json += try self.json(of: try parser.next(), depth: depth + 1)
      try checkSize(json)
    }
    json.append(UInt8(ascii: "}"))
    if merged.isEmpty { return json }
    json = try YAMLMerge.merging(merged, into: json)
    try checkSize(json)
    return json
  }
}

extension YAMLDocuments {
  private func checkSize(_ json: [UInt8]) throws(SnapshotError) {
    guard json.count > maxBytes else { return }
    throw SnapshotError(
      explanation: "with its aliases written out it is more than \(SnapshotLimits.expansion) times as long")
  }
}

/// The conversion of scalars to JSON.
enum YAMLScalar {
  static func json(ofString text: [UInt8]) -> [UInt8] {
    var writer = JSONWriter(capacity: text.count + 2)
    writer.append(string: text.span)
    return writer.bytes
  }

  /// Converts an unquoted scalar: null, true and false in three spellings, a number that is valid JSON, or a string.
  static func json(ofPlain text: [UInt8]) -> [UInt8] {
    switch String(decoding: text, as: UTF8.self) {
    case "", "~", "null", "Null", "NULL": return Array("null".utf8)
    case "true", "True", "TRUE": return Array("true".utf8)
    case "false", "False", "FALSE": return Array("false".utf8)
    default:
      if case .number? = try? JSONValue(parsing: text) { return text }
      return json(ofString: text)
    }
  }
}
