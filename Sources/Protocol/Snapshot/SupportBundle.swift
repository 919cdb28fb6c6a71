package import JSON

/// Harvester's support bundles (rancher/support-bundle-kit), which write every empty text as `"null"`.
package enum SupportBundle {
  /// Returns a JSON document in which each string value `"null"` is the empty text again.
  ///
  /// No field that is read from a cluster has the text `null` for a meaning of its own. Keys stay as they are.
  package static func restoringEmptyTexts(in document: [UInt8]) -> [UInt8] {
    guard mentionsEmptyText(document) else { return document }
    var restored: [UInt8] = []
    restored.reserveCapacity(document.count)
    var place = 0
    while place < document.count {
      guard document[place] == UInt8(ascii: "\"") else {
        restored.append(document[place])
        place += 1
        continue
      }
      let end = endOfString(in: document, from: place)
      let isEmptyText = document[place..<end].elementsEqual(emptyText) && !isKey(in: document, endingAt: end)
      restored += isEmptyText ? [UInt8(ascii: "\""), UInt8(ascii: "\"")][...] : document[place..<end]
      place = end
    }
    return restored
  }

  /// Whether a document is a list as a bundle writes it, whose mark for the next page is `"null"`.
  package static func wrote(_ document: [UInt8]) throws(JSONError) -> Bool {
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

  private static func mentionsEmptyText(_ document: [UInt8]) -> Bool {
    var matched = 0
    for byte in document {
      matched = byte == emptyText[matched] ? matched + 1 : byte == emptyText[0] ? 1 : 0
      if matched == emptyText.count { return true }
    }
    return false
  }

  /// Returns the place behind the closing quote; the end of the document where there is none.
  private static func endOfString(in document: [UInt8], from start: Int) -> Int {
    var place = start + 1
    while place < document.count, document[place] != UInt8(ascii: "\"") {
      place += document[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(place + 1, document.count)
  }

  private static func isKey(in document: [UInt8], endingAt end: Int) -> Bool {
    document[end...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ":")
  }
}
