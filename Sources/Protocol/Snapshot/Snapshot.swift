package import ClusterState
internal import JSON

/// A cluster as files show it: what `kubectl get KINDS -A -o yaml` prints.
///
/// What is not in the files does not exist; other kinds are skipped. Files of a support bundle are read like those of
/// kubectl.
package struct Snapshot {
  package var objects = ObjectStore()
  /// The same for `verify`; nil where nobody does.
  package var inspected: VerifySnapshot?

  package init(inspects: Bool = false) {
    inspected = inspects ? VerifySnapshot() : nil
  }

  /// Adds every object of a file.
  ///
  /// - Parameter name: Decides how the text is read: `.json` is JSON, everything else YAML, of which JSON is a part.
  package mutating func add(_ file: [UInt8], named name: String) throws(SnapshotError) {
    let text = try TextEncoding.utf8(file)
    if name.hasSuffix(".json") {
      try add(document: text, in: text)
      return
    }
    var documents = YAMLDocuments(text)
    while let document = try documents.next() {
      try add(document: document, in: nil)
    }
  }

  /// - Parameter text: The text in which lines are counted, if the document was not made from another one.
  private mutating func add(document: [UInt8], in text: [UInt8]?) throws(SnapshotError) {
    if let first = document.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), Self.isScalar(first) {
      throw SnapshotError(explanation: "must be a manifest: found a text or a number instead of an object")
    }
    let document = SupportBundle.restoringEmptyTexts(in: document)
    do throws(JSONError) {
      try objects.add(document.span)
      try inspected?.add(document.span)
    } catch {
      throw SnapshotError(
        explanation: "must be JSON: \(error.explanation)", line: text.map { error.position(in: $0).line })
    }
  }

  /// Whether a document is a text, a number or a boolean by its first byte: another kind of file, or the beginning of one
  /// that is being written. To take it for an empty cluster would be a guess.
  private static func isScalar(_ first: UInt8) -> Bool { "\"-0123456789tf".utf8.contains(first) }

  /// Whether a file of a folder belongs to the snapshot.
  package static func takes(fileNamed name: String) -> Bool {
    !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
  }
}

/// Why a snapshot's file cannot be read.
package struct SnapshotError: Error, Hashable, Sendable {
  package let explanation: String
  /// Counted from 1; nil where the place is not known.
  package let line: Int?

  package init(explanation: String, line: Int? = nil) {
    self.explanation = explanation
    self.line = line
  }
}

extension SnapshotError: CustomStringConvertible {
  package var description: String { line.map { "line \($0): \(explanation)" } ?? explanation }
}

/// Bounds on what is read as a snapshot.
package enum SnapshotLimits {
  /// How many times the bytes of its file a document may have after its aliases are written out.
  ///
  /// JSON is shorter than YAML but for quotes; a document that grows more than this is built to exhaust memory.
  package static let expansion = 10
}
