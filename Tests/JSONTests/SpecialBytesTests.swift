import Testing

@testable import JSON

@Suite struct `Sixteen lanes as bits` {
  @Test func `are the same by the processor's instruction, by multiplying and one by one`() {
    var numbers = SystemRandomNumberGenerator()
    for number in [0, 1, 0x8000, 0xFFFF, 0x5555, 0x00FF]
      + (0..<1_000).map({ _ in UInt64.random(in: 0...0xFFFF, using: &numbers) })
    {
      var mask = SIMDMask<SIMD16<Int8>>()
      for lane in 0..<16 { mask[lane] = number >> UInt64(lane) & 1 == 1 }
      #expect(mask.bits == number)
      #expect(mask.bitsByMultiplying == number)
    }
  }
}
