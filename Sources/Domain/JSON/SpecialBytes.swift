#if arch(x86_64)
  // Processor intrinsics of the compiler: no library, and no file in C.
  internal import _Builtin_intrinsics.intel.sse2
#endif

/// Finds the bytes at which a string ends or needs a check: quotes, backslashes, control characters and bytes that are
/// not ASCII.
///
/// Scans 64 bytes at once and stores the result as one bit per byte, so the distance from one quote to the next is a
/// shift and a count. A new load and comparison per search would make every string depend on the one before it.
struct SpecialBytes {
  /// The offset of the last scanned bytes: a multiple of 64.
  private var start = -1
  private var bits: UInt64 = 0

  /// Returns the offset of the next special byte, or the end of the text.
  @inline(__always)
  mutating func offset(from offset: Int, in text: Span<UInt8>) -> Int {
    let block = offset & ~63
    if block != start {
      start = block
      bits = text.specialBits(at: block)
    }
    let ahead = bits &>> UInt64(truncatingIfNeeded: offset)
    if ahead != 0 { return offset &+ ahead.trailingZeroBitCount }
    repeat {
      start &+= 64
      bits = text.specialBits(at: start)
    } while bits == 0
    return start &+ bits.trailingZeroBitCount
  }
}

extension Span<UInt8> {
  /// Returns a bit per special byte of a block of 64, the first one lowest; bytes after the end count as special.
  @inline(never)
  fileprivate func specialBits(at block: Int) -> UInt64 {
    guard block &+ 64 <= count else { return specialBitsNearEnd(at: block) }
    return specialBitsOf16(at: block) | specialBitsOf16(at: block &+ 16) &<< 16
      | specialBitsOf16(at: block &+ 32) &<< 32 | specialBitsOf16(at: block &+ 48) &<< 48
  }

  private func specialBitsNearEnd(at block: Int) -> UInt64 {
    let left = UInt64(max(0, count &- block))
    if left > 0, count >= 64 {
      // The last 64 bytes, some of which are before the block.
      return specialBits(at: count &- 64) &>> (64 &- left) | UInt64.max &<< left
    }
    var bits: UInt64 = 0
    var offset = block
    while offset &+ 16 <= count {
      bits |= specialBitsOf16(at: offset) &<< UInt64(offset &- block)
      offset &+= 16
    }
    while offset < count {
      let byte = self[checked: offset]
      let isSpecial = byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80
      bits |= (isSpecial ? 1 : 0) &<< UInt64(offset &- block)
      offset &+= 1
    }
    return bits | UInt64.max &<< UInt64(offset &- block)
  }

  @inline(__always)
  private func specialBitsOf16(at offset: Int) -> UInt64 {
    // Sound: the caller has checked that sixteen bytes are left; the load need not be aligned.
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD16<UInt8>.self).specialBits
  }
}

extension SIMD16<UInt8> {
  /// A bit per special byte. Both operands of each comparison are vectors: with a scalar, the operators are generic and
  /// forty times slower.
  @inline(__always)
  fileprivate var specialBits: UInt64 {
    let quote = self .== SIMD16(repeating: 0x22)
    let backslash = self .== SIMD16(repeating: 0x5C)
    // As signed numbers, bytes from 0x80 up are negative and so also less than the space.
    let controlOrHigh = SIMD16<Int8>(truncatingIfNeeded: self) .< SIMD16<Int8>(repeating: 0x20)
    return (quote .| backslash .| controlOrHigh).bits
  }
}

extension SIMDMask<SIMD16<Int8>> {
  /// Sixteen bits, the first lane lowest.
  @inline(__always)
  var bits: UInt64 {
    #if arch(x86_64)
      // Sound: a mask of sixteen bytes has the size of two words and no invalid bits.
      UInt64(truncatingIfNeeded: _mm_movemask_epi8(unsafe unsafeBitCast(self, to: SIMD2<Int64>.self)))
    #else
      bitsByMultiplying
    #endif
  }

  /// The same without a special instruction.
  @inline(__always)
  var bitsByMultiplying: UInt64 {
    // Sound: as above.
    let halves = unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self)
    return halves[0].littleEndian.topBitOfEachByte | halves[1].littleEndian.topBitOfEachByte &<< 8
  }
}

extension UInt64 {
  /// Eight bytes, each all ones or all zeros, as eight bits: each byte keeps its own bit, and the multiplication adds
  /// them up in the highest byte.
  @inline(__always)
  fileprivate var topBitOfEachByte: UInt64 {
    ((self & 0x8040_2010_0804_0201) &* 0x0101_0101_0101_0101) &>> 56
  }
}
