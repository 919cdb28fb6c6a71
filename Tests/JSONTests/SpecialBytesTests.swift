import Testing

@testable import JSON

@Suite struct `SIMD masks as bits` {
  @Test func `the instruction, the multiplication and a loop give the same bits`() {
    for number in 0...UInt64(UInt16.max) {
      var mask = SIMDMask<SIMD16<Int8>>()
      for lane in 0..<16 { mask[lane] = number >> UInt64(lane) & 1 == 1 }
      if mask.bits != number || mask.bitsByMultiplying != number { Issue.record("\(mask)") }
    }
  }
}
