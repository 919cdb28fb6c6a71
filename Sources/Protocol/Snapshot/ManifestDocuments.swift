internal import JSON

/// The documents of a file with Kubernetes objects, as JSON.
package enum ManifestDocuments {
  /// - Parameter isJSON: Whether the file's name says that it is JSON; anything else is YAML, which includes JSON.
  package static func read(_ file: [UInt8], isJSON: Bool = false) throws(SnapshotError) -> [[UInt8]] {
    let text = try TextEncoding.utf8(file)
    let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard isJSON || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return try yaml(text) }
    do throws(JSONError) {
      return try json(text)
    } catch {
      // A text that only begins like JSON is YAML, and so is JSON with `---` between its documents.
      if !isJSON || separatesDocuments(text) { return try yaml(text) }
      throw SnapshotError(
        explanation: "must be JSON: \(error.explanation)", line: error.position(in: text.span).line)
    }
  }

  private static func separatesDocuments(_ text: [UInt8]) -> Bool {
    text.split { $0 == 0x0A || $0 == 0x0D }.contains { $0.starts(with: Array("---".utf8)) }
  }

  /// Splits a text at the end of each value: `kubectl get -o json` prints one for each call.
  private static func json(_ text: [UInt8]) throws(JSONError) -> [[UInt8]] {
    var documents: [[UInt8]] = []
    var reader = JSONReader(text.span)
    while text[reader.offset...].contains(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
      documents.append(Array(text[try reader.skip()]))
    }
    return documents
  }

  private static func yaml(_ text: [UInt8]) throws(SnapshotError) -> [[UInt8]] {
    var documents: [[UInt8]] = []
    var yaml = YAMLDocuments(text)
    while let document = try yaml.next() { documents.append(document) }
    return documents
  }
}
