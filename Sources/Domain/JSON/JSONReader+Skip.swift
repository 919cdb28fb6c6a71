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
    value: while true {
      if try passScalarOrOpen(&place, &containers, &specials) {
        // Behind a value: what ends here is closed, then comes a comma before the next member or element.
        while true {
          if containers.isEmpty { return place }
          if containers.innermostIsObject {
            if try passTexts(&place, &specials) { continue value }
            if place < count, self[checked: place] == UInt8(ascii: "}") {
              containers.leave()
              place &+= 1
              continue
            }
          }
          let byte = try firstByte(from: &place)
          if byte == UInt8(ascii: ",") { break }
          try containers.close(byte, at: place)
          place &+= 1
        }
        place &+= 1
        _ = try firstByte(from: &place)
      }
      if containers.innermostIsObject { place = try placesBehindKey(at: place, &specials).value }
    }
  }

  /// Moves over members such as `,"key":"text"`, of which most objects consist, as long as they come; tells whether the
  /// value of a key has to follow, because it is no text.
  @inline(__always)
  private func passTexts(_ place: inout Int, _ specials: inout SpecialBytes) throws(JSONError) -> Bool {
    while has(pair: Self.commaQuote, at: place) {
      place = try placesBehindKey(at: place &+ 1, &specials).value
      guard place < count, self[checked: place] == UInt8(ascii: "\"") else { return true }
      place = try placeBehindString(at: place, &specials).place
    }
    return false
  }

  /// Moves over one scalar or an empty container, and tells that a value has ended; or into a container that is not empty.
  @inline(__always)
  private func passScalarOrOpen(
    _ place: inout Int, _ containers: inout Containers, _ specials: inout SpecialBytes
  ) throws(JSONError) -> Bool {
    let byte = try firstByte(from: &place)
    if byte == UInt8(ascii: "\"") {
      place = try placeBehindString(at: place, &specials).place
      return true
    }
    switch byte {
    case UInt8(ascii: "{"):
      guard containers.push(isObject: true) else { throw failure(.tooDeep, at: place) }
      place &+= 1
      return try firstByte(from: &place) == UInt8(ascii: "}")
    case UInt8(ascii: "["):
      guard containers.push(isObject: false) else { throw failure(.tooDeep, at: place) }
      place &+= 1
      return try firstByte(from: &place) == UInt8(ascii: "]")
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
    return true
  }
}

/// Which containers are open while skipping: one bit a level, the innermost lowest.
private struct Containers {
  private var objectBits: UInt64 = 0
  private var count = 0
  private let most: Int

  /// - Parameter depth: How many are open around them.
  init(below depth: Int) {
    most = JSONLimits.depth - depth
  }

  var isEmpty: Bool { count == 0 }
  var innermostIsObject: Bool { objectBits & 1 == 1 }

  /// False when the limit on depth is reached.
  mutating func push(isObject: Bool) -> Bool {
    guard count < most else { return false }
    objectBits = objectBits &<< 1 | (isObject ? 1 : 0)
    count &+= 1
    return true
  }

  /// - Precondition: one is open.
  mutating func leave() {
    objectBits &>>= 1
    count &-= 1
  }

  /// Leaves the innermost container, which this byte has to end.
  mutating func close(_ byte: UInt8, at place: Int) throws(JSONError) {
    guard byte == (innermostIsObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
      throw JSONError(
        problem: innermostIsObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket, offset: place)
    }
    leave()
  }
}
