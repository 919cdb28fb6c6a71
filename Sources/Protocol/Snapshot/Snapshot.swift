package import ClusterState
internal import JSON

/// A cluster read from files: the output of `kubectl get KINDS -A -o yaml`.
///
/// Objects that are not in the files do not exist; other kinds are ignored. Files of a support bundle are read like
/// those of kubectl.
package struct Snapshot {
  package var objects = ObjectStore()
  /// The facts of `verify`; nil unless requested.
  package var inspected: VerifySnapshot?

  package init(inspects: Bool = false) {
    inspected = inspects ? VerifySnapshot() : nil
  }

  /// Adds every object of a file.
  ///
  /// - Parameter name: Determines the format: `.json` is JSON, anything else YAML, which includes JSON.
  package mutating func add(_ file: [UInt8], named name: String) throws(SnapshotError) {
    for document in try ManifestDocuments.read(file, isJSON: name.lowercased().hasSuffix(".json")) {
      try add(document)
    }
  }

  private mutating func add(_ document: [UInt8]) throws(SnapshotError) {
    let first = document.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if let first, Self.isScalar(first) {
      throw SnapshotError(explanation: "must be a manifest: found a text or a number instead of an object")
    }
    if first == UInt8(ascii: "[") { return try add(elementsOf: document) }
    do throws(JSONError) {
      let document = SupportBundle.restoringEmptyTexts(in: document)
      try objects.add(document.span)
      try inspected?.add(document.span)
    } catch {
      throw SnapshotError(explanation: "must be JSON: \(error.explanation)")
    }
  }

  /// Adds the objects of a bare list, as `jq .items` prints one.
  private mutating func add(elementsOf list: [UInt8]) throws(SnapshotError) {
    var elements: [[UInt8]] = []
    var reader = JSONReader(list.span)
    do throws(JSONError) {
      try reader.readElements { reader throws(JSONError) in elements.append(Array(list[try reader.skip()])) }
    } catch {
      throw SnapshotError(explanation: "must be JSON: \(error.explanation)")
    }
    for element in elements { try add(element) }
  }

  /// Returns whether a document is a text, a number or a boolean by its first byte: another kind of file, or one that
  /// is still being written. To treat it as an empty cluster would be a guess.
  private static func isScalar(_ first: UInt8) -> Bool { "\"-0123456789tf".utf8.contains(first) }

  /// Returns whether a file of a folder belongs to the snapshot.
  package static func accepts(fileNamed name: String) -> Bool {
    let name = name.lowercased()
    return !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
  }
}

/// Why a snapshot's file cannot be read.
package struct SnapshotError: Error, Hashable, Sendable {
  package let explanation: String
  /// The line number from 1; nil if unknown.
  package let line: Int?

  package init(explanation: String, line: Int? = nil) {
    self.explanation = explanation
    self.line = line
  }
}

extension SnapshotError: CustomStringConvertible {
  package var description: String { line.map { "line \($0): \(explanation)" } ?? explanation }
}

/// Limits on a snapshot.
package enum SnapshotLimits {
  /// The maximum size of a document after the expansion of aliases, as a multiple of its file's size.
  ///
  /// JSON is shorter than YAML except for quotes; a document that grows more is built to exhaust memory.
  package static let expansion = 10
}
