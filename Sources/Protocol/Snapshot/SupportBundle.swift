package import JSON

/// Harvester's support bundles (rancher/support-bundle-kit), which write every empty text as `"null"`.
package enum SupportBundle {
  /// Returns a JSON document with an empty text for each string value `"null"`.
  ///
  /// No field that is read has a meaning for the text `null`. Keys are unchanged. In JSON within a string, such as the value
  /// of a setting, a bundle also has the text in place of a null before a comma.
  package static func restoringEmptyTexts(in document: [UInt8]) -> [UInt8] {
    let hasNestedTexts = mentions(nestedText, document) && (try? isAuthor(of: document)) == true
    guard hasNestedTexts || mentions(emptyText, document) else { return document }
    var restored: [UInt8] = []
    restored.reserveCapacity(document.count)
    var offset = 0
    while offset < document.count {
      guard document[offset] == UInt8(ascii: "\"") else {
        restored.append(document[offset])
        offset += 1
        continue
      }
      let end = endOfString(in: document, from: offset)
      let isEmptyText = document[offset..<end].elementsEqual(emptyText) && !isKey(in: document, endingAt: end)
      if isEmptyText {
        restored += [UInt8(ascii: "\""), UInt8(ascii: "\"")]
      } else if hasNestedTexts {
        restored += document[offset..<end].replacing(nestedText, with: nestedNull)
      } else {
        restored += document[offset..<end]
      }
      offset = end
    }
    return restored
  }

  /// Returns whether a bundle wrote the document: a list with the continue token `"null"`.
  package static func isAuthor(of document: [UInt8]) throws(JSONError) -> Bool {
    var isBundled = false
    var reader = JSONReader(document.span)
    try reader.readMembers { key, reader throws(JSONError) in
      guard key.equals("metadata") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("continue") { isBundled = try reader.readStringIfPresent()?.equals("null") ?? false }
      }
    }
    return isBundled
  }

  private static let emptyText = Array("\"null\"".utf8)
  private static let nestedText = Array(#"\":\"null\","#.utf8)
  private static let nestedNull = Array(#"\":null,"#.utf8)

  private static func mentions(_ text: [UInt8], _ document: [UInt8]) -> Bool {
    var matched = 0
    for byte in document {
      matched = byte == text[matched] ? matched + 1 : byte == text[0] ? 1 : 0
      if matched == text.count { return true }
    }
    return false
  }

  /// Returns the offset after the closing quote, or the end of the document without one.
  private static func endOfString(in document: [UInt8], from start: Int) -> Int {
    var offset = start + 1
    while offset < document.count, document[offset] != UInt8(ascii: "\"") {
      offset += document[offset] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(offset + 1, document.count)
  }

  private static func isKey(in document: [UInt8], endingAt end: Int) -> Bool {
    document[end...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ":")
  }
}
