/// The SHA-1 of a value's bytes (RFC 3174), by which Harvester tells whether the setting has changed.
///
/// Nothing here is a secret, so the hash's weakness does no harm; it is Harvester's choice and has to be met.
package struct ValueHash: Hashable, Sendable {
  private let words: [UInt32]

  package init(of message: [UInt8]) {
    var words: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    let padded = Self.padded(message)
    for start in stride(from: 0, to: padded.count, by: 64) {
      Self.take(Self.schedule(of: padded[start..<start + 64]), into: &words)
    }
    self.words = words
  }

  /// Section 4: a one bit, zeros, and the length in bits, so that whole blocks of 64 bytes result.
  private static func padded(_ message: [UInt8]) -> [UInt8] {
    let zeros = (119 - message.count % 64) % 64
    let length = UInt64(message.count) * 8
    return message + [0x80] + Array(repeating: 0, count: zeros)
      + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt64($0)) }
  }

  /// Section 6.1, steps a and b: sixteen words of the block, and sixty-four that are mixed from them.
  private static func schedule(of block: ArraySlice<UInt8>) -> [UInt32] {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      block[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<80 {
      words.append((words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]).rotated(left: 1))
    }
    return words
  }

  /// Section 6.1, steps c to e.
  private static func take(_ schedule: [UInt32], into words: inout [UInt32]) {
    var (a, b, c, d, e) = (words[0], words[1], words[2], words[3], words[4])
    for (index, word) in schedule.enumerated() {
      let (mixed, constant): (UInt32, UInt32) =
        switch index {
        case 0..<20: (b & c | ~b & d, 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      (a, b, c, d, e) = (a.rotated(left: 5) &+ mixed &+ e &+ word &+ constant, a, b.rotated(left: 30), c, d)
    }
    words = zip(words, [a, b, c, d, e]).map { $0 &+ $1 }
  }
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
