/// The encodings of files with Kubernetes objects.
package enum TextEncoding {
  /// Returns the text of a file in UTF-8, without byte order marks.
  ///
  /// PowerShell writes UTF-16, and Windows editors write a byte order mark. YAML allows a mark at the start of each
  /// document (YAML 1.2 section 5.2), as in concatenated files.
  package static func utf8(_ bytes: [UInt8]) throws(SnapshotError) -> [UInt8] {
    if let archive = archives.first(where: { bytes.starts(with: $0.signature) }) {
      throw SnapshotError(explanation: "must be a manifest, but is a \(archive.name) archive; unpack it first")
    }
    return switch (bytes.first, bytes.dropFirst().first) {
    case (0xFF, 0xFE): withoutMarks(try decode(bytes) { UInt16($1) << 8 | UInt16($0) })
    case (0xFE, 0xFF): withoutMarks(try decode(bytes) { UInt16($0) << 8 | UInt16($1) })
    // The first character of a manifest is ASCII, so a zero byte next to it means UTF-16 without a mark.
    case (0, let second?) where second != 0: withoutMarks(try decode(bytes) { UInt16($0) << 8 | UInt16($1) })
    case (let first?, 0) where first != 0: withoutMarks(try decode(bytes) { UInt16($1) << 8 | UInt16($0) })
    default: withoutMarks(bytes)
    }
  }

  /// A support bundle is a zip archive.
  private static let archives: [(name: String, signature: [UInt8])] = [
    ("zip", [0x50, 0x4B, 0x03, 0x04]), ("gzip", [0x1F, 0x8B]),
  ]

  /// - Parameter unit: Combines two bytes in the byte order of the encoding.
  private static func decode(_ bytes: [UInt8], unit: (UInt8, UInt8) -> UInt16) throws(SnapshotError) -> [UInt8] {
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { unit(bytes[$0], bytes[$0 + 1]) }
    guard bytes.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else {
      throw SnapshotError(explanation: "this is not valid UTF-16; save the file as UTF-8")
    }
    return Array(text.utf8)
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Removes byte order marks at the start of lines; elsewhere the character is part of a text.
  private static func withoutMarks(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(mark[0]) else { return text }
    var kept: [UInt8] = []
    kept.reserveCapacity(text.count)
    var offset = 0
    while offset < text.count {
      let isAtLineStart = kept.last.map { $0 == 0x0A || $0 == 0x0D } ?? true
      if isAtLineStart, text[offset] == mark[0], text[offset...].starts(with: mark) {
        offset += mark.count
      } else {
        kept.append(text[offset])
        offset += 1
      }
    }
    return kept
  }
}
