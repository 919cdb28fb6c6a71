/// Passing over a whole value: every byte is checked, nothing is built.
extension JSONReader {
  /// Skips the next value and gives the place of its bytes, without the white space around it.
  @discardableResult
  public mutating func skip() throws(JSONError) -> Range<Int> {
    let isString = try firstByte() == UInt8(ascii: "\"")
    let start = offset
    offset =
      isString
      ? try bytes.placeBehindString(at: start, &specials).place
      : try bytes.placeBehindValue(at: start, depth: depth, &specials)
    return start..<offset
  }
}

extension Span<UInt8> {
  /// Behind the value that begins here; `depth` containers are open around it.
  fileprivate func placeBehindValue(
    at start: Int, depth: Int, _ known: inout SpecialBytes
  ) throws(JSONError) -> Int {
    var place = start
    // In registers for the time of the loop.
    var specials = known
    defer { known = specials }
    var containers = Containers(below: depth)
    while true {
      if try passScalarOrOpen(&place, &containers, &specials) { continue }
      // Behind a value: what ends here is closed, then comes a comma, and in an object a key, before the next value.
      while true {
        if containers.isEmpty { return place }
        let byte = try firstByte(from: &place)
        place &+= 1
        if byte == UInt8(ascii: ",") {
          if !containers.innermostIsObject { break }
          _ = try firstByte(from: &place)
          place = try placeBehindKey(at: place, &specials)
          break
        }
        try containers.close(byte, at: place &- 1)
      }
    }
  }

  /// Moves over one scalar or an empty container, or over the `{ "key":` or `[` that begins another one; tells whether
  /// a value has to follow at once.
  @inline(__always)
  private func passScalarOrOpen(
    _ place: inout Int, _ containers: inout Containers, _ specials: inout SpecialBytes
  ) throws(JSONError) -> Bool {
    switch try firstByte(from: &place) {
    case UInt8(ascii: "\""):
      place = try placeBehindString(at: place, &specials).place
    case UInt8(ascii: "{"):
      guard containers.push(isObject: true) else { throw failure(.tooDeep, at: place) }
      place &+= 1
      if try firstByte(from: &place) == UInt8(ascii: "}") { return false }
      place = try placeBehindKey(at: place, &specials)
      return true
    case UInt8(ascii: "["):
      guard containers.push(isObject: false) else { throw failure(.tooDeep, at: place) }
      place &+= 1
      return try firstByte(from: &place) != UInt8(ascii: "]")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      place = try placeBehindNumber(at: place)
    case UInt8(ascii: "t"):
      place = try placeBehindLiteral("true", at: place)
    case UInt8(ascii: "f"):
      place = try placeBehindLiteral("false", at: place)
    case UInt8(ascii: "n"):
      place = try placeBehindLiteral("null", at: place)
    default:
      throw failure(.expectedValue, at: place)
    }
    return false
  }
}

/// Which containers are open while skipping: one bit a level, the innermost lowest.
private struct Containers {
  private let levelsBelow: Int
  private var objectBits: UInt64 = 0
  private var count = 0

  init(below depth: Int) {
    levelsBelow = depth
  }

  var isEmpty: Bool { count == 0 }
  var innermostIsObject: Bool { objectBits & 1 == 1 }

  /// False when the limit on depth is reached.
  mutating func push(isObject: Bool) -> Bool {
    guard levelsBelow + count < JSONLimits.depth else { return false }
    objectBits = objectBits << 1 | (isObject ? 1 : 0)
    count += 1
    return true
  }

  /// Leaves the innermost container, which this byte has to end.
  mutating func close(_ byte: UInt8, at place: Int) throws(JSONError) {
    guard byte == (innermostIsObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
      throw JSONError(
        problem: innermostIsObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket, offset: place)
    }
    objectBits >>= 1
    count -= 1
  }
}
