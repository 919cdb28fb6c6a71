import Testing

@testable import JSON

@Suite struct `Sixteen lanes as bits` {
  @Test func `are the same by the processor's instruction, by multiplying and one by one`() {
    for number in 0...UInt64(UInt16.max) {
      var mask = SIMDMask<SIMD16<Int8>>()
      for lane in 0..<16 { mask[lane] = number >> UInt64(lane) & 1 == 1 }
      if mask.bits != number || mask.bitsByMultiplying != number { Issue.record("\(mask)") }
    }
  }
}
