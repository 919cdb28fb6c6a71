import Testing

@testable import HTTPWire

/// Functions that process eight bytes at a time, compared with byte loops.
@Suite struct `Searches by words` {
  /// Every byte at every offset of a word and of a remainder, among similar bytes.
  static let texts: [[UInt8]] = (0...UInt8.max).flatMap { byte in
    [5, 8, 19].flatMap { count in
      (0..<count).map { offset in (0..<count).map { $0 == offset ? byte : [0x20, 0x80, 0x09, 0x21, 0xFF][$0 % 5] } }
    }
  }

  @Test func `control characters are found at every offset`() {
    for text in Self.texts {
      for start in [0, 1, 8, text.count] where start <= text.count {
        let expected = text.indices.first { $0 >= start && (text[$0] < 0x20 && text[$0] != 0x09 || text[$0] == 0x7F) }
        if text.span.firstControl(from: start) != expected { Issue.record("\(text) from \(start)") }
      }
    }
  }

  @Test func `a byte is found within a range only`() {
    for text in Self.texts {
      for (end, byte) in [(text.count, 0x00), (text.count - 1, 0x20), (4, 0x3A), (text.count, 0x80), (1, 0xFF)] {
        let found = text.span.first(UInt8(byte), in: 0..<end)
        if found != text[..<end].firstIndex(of: UInt8(byte)) { Issue.record("\(byte) in \(text) up to \(end)") }
      }
    }
  }
}
