/// Passing over a whole value: every byte is checked, nothing is built.
extension JSONReader {
  /// Skips the next value and gives the place of its bytes, without the white space around it.
  @discardableResult
  package mutating func skip() throws(JSONError) -> Range<Int> {
    _ = try firstByte()
    let start = offset
    offset = try bytes.placeBehindValue(at: start, depth: depth)
    return start..<offset
  }
}

extension Span<UInt8> {
  /// Behind the value that begins here; `depth` containers are open around it.
  fileprivate func placeBehindValue(at start: Int, depth: Int) throws(JSONError) -> Int {
    var place = start
    var containers = Containers(below: depth)
    while true {
      if try passScalarOrOpen(&place, &containers) { continue }
      if try passSeparators(&place, &containers) { return place }
    }
  }

  /// Moves over one scalar or an empty container, or over the `{ "key":` or `[` that begins another one; tells whether
  /// a value has to follow at once.
  @inline(__always)
  private func passScalarOrOpen(_ place: inout Int, _ containers: inout Containers) throws(JSONError) -> Bool {
    switch try firstByte(from: &place) {
    case UInt8(ascii: "\""):
      place = try placeBehindString(at: place).place
    case UInt8(ascii: "{"):
      guard containers.push(isObject: true) else { throw failure(.tooDeep, at: place) }
      place &+= 1
      if try firstByte(from: &place) == UInt8(ascii: "}") { return false }
      place = try placeBehindKey(at: place)
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

  /// Closes what ends here and moves over the comma, and in an object the key, before the next value; tells whether
  /// there is none because the outermost value has ended.
  @inline(__always)
  private func passSeparators(_ place: inout Int, _ containers: inout Containers) throws(JSONError) -> Bool {
    while !containers.isEmpty {
      let byte = try firstByte(from: &place)
      if byte == UInt8(ascii: ",") {
        place &+= 1
        if containers.innermostIsObject {
          _ = try firstByte(from: &place)
          place = try placeBehindKey(at: place)
        }
        return false
      }
      guard byte == (containers.innermostIsObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw failure(
          containers.innermostIsObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket, at: place)
      }
      place &+= 1
      containers.pop()
    }
    return true
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

  mutating func pop() {
    objectBits >>= 1
    count -= 1
  }
}
