import Testing

@testable import HTTPWire

/// What looks at eight bytes at a time, against loops over one.
@Suite struct `Bytes by words` {
  /// Every byte at every place of some words and of what is left behind them, among bytes that are nearly hits.
  static let texts: [[UInt8]] = (0...UInt8.max).flatMap { byte in
    [1, 7, 8, 9, 15, 16, 19].flatMap { count in
      (0..<count).map { place in (0..<count).map { $0 == place ? byte : [0x20, 0x80, 0x09, 0x21, 0xFF][$0 % 5] } }
    }
  }

  @Test func `control characters are found where they are`() {
    for text in Self.texts {
      for start in 0...text.count {
        let expected = text.indices.first { $0 >= start && (text[$0] < 0x20 && text[$0] != 0x09 || text[$0] == 0x7F) }
        #expect(text.span.firstControl(from: start) == expected, "\(text) from \(start)")
      }
    }
  }

  @Test func `a byte is found in a range and not behind it`() {
    for text in Self.texts {
      for end in 0...text.count {
        for byte in [0x00, 0x20, 0x3A, 0x80, 0xFF] as [UInt8] {
          let expected = text[..<end].firstIndex(of: byte)
          #expect(text.span.first(byte, in: 0..<end) == expected, "\(byte) in \(text) up to \(end)")
        }
      }
    }
  }
}
