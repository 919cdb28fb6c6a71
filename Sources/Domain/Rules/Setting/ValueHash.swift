internal import JSON

/// The SHA-1 of a value's bytes (RFC 3174), by which Harvester detects a change of the setting.
///
/// Harvester chose the hash. Its weakness does no harm here, since nothing is secret.
package struct ValueHash: Hashable, Sendable {
  private var a: UInt32 = 0x6745_2301
  private var b: UInt32 = 0xEFCD_AB89
  private var c: UInt32 = 0x98BA_DCFE
  private var d: UInt32 = 0x1032_5476
  private var e: UInt32 = 0xC3D2_E1F0

  package init(of message: [UInt8]) {
    var offset = 0
    while message.count - offset >= 64 {
      mix(Block { message[offset + $0] })
      offset += 64
    }
    // Section 4: a one bit, zeros, and the length in bits fill up the last block, or the last two.
    let (last, rest) = (offset, message.count - offset)
    let length = UInt64(message.count) * 8
    let count = rest < 56 ? 64 : 128
    func padded(_ index: Int) -> UInt8 {
      switch index {
      case ..<rest: message[last + index]
      case rest: 0x80
      case (count - 8)...: UInt8(truncatingIfNeeded: length >> UInt64(8 * (count - 1 - index)))
      default: 0
      }
    }
    for start in stride(from: 0, to: count, by: 64) { mix(Block { padded(start + $0) }) }
  }

  /// Sixty-four bytes as the eighty words that are mixed in (section 6.1, steps a and b).
  private struct Block {
    let words: InlineArray<80, UInt32>

    init(byte: (Int) -> UInt8) {
      var words = InlineArray<80, UInt32>(repeating: 0)
      for index in 0..<16 {
        for offset in 4 * index..<4 * index + 4 { words[index] = words[index] << 8 | UInt32(byte(offset)) }
      }
      for index in 16..<80 {
        words[index] = (words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]).rotated(left: 1)
      }
      self.words = words
    }
  }

  /// Section 6.1, steps c to e.
  private mutating func mix(_ block: Block) {
    var (a, b, c, d, e) = (a, b, c, d, e)
    for index in 0..<80 {
      let (mixed, constant): (UInt32, UInt32) =
        switch index {
        case 0..<20: (b & c | ~b & d, 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      (a, b, c, d, e) = (
        a.rotated(left: 5) &+ mixed &+ e &+ block.words[index] &+ constant, a, b.rotated(left: 30), c, d
      )
    }
    (self.a, self.b, self.c, self.d, self.e) = (self.a &+ a, self.b &+ b, self.c &+ c, self.d &+ d, self.e &+ e)
  }

  private var words: [UInt32] { [a, b, c, d, e] }

  /// Whether the text is this hash as Harvester writes it.
  func matches(_ text: String) -> Bool { text.utf8.count == 40 && text.isExactly(description) }
}

extension ValueHash: CustomStringConvertible {
  /// Forty hexadecimal digits in lower case, as in the setting's annotation.
  package var description: String {
    words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}

extension UInt32 {
  fileprivate func rotated(left count: UInt32) -> UInt32 { self << count | self >> (32 - count) }
}
