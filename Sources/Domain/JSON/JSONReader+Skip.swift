/// Passing over a whole value: every byte is checked, nothing is built.
extension JSONReader {
  /// Skips the next value and gives the place of its bytes, without the white space around it.
  @discardableResult
  public mutating func skip() throws(JSONError) -> Range<Int> {
    let isString = try firstByte() == UInt8(ascii: "\"")
    let start = offset
    offset =
      isString
      ? try bytes.endOfString(at: start, &specials).offset
      : try bytes.endOfValue(at: start, depth: depth, &specials)
    return start..<offset
  }
}

extension Span<UInt8> {
  /// Behind the value that begins here; `depth` containers are open around it.
  fileprivate func endOfValue(
    at start: Int, depth: Int, _ known: inout SpecialBytes
  ) throws(JSONError) -> Int {
    var offset = start
    // In registers for the time of the loop.
    var specials = known
    defer { known = specials }
    var containers = Containers(below: depth)
    value: while true {
      if try passScalarOrOpen(&offset, &containers, &specials) {
        // Behind a value: what ends here is closed, then comes a comma before the next member or element.
        while true {
          if containers.isEmpty { return offset }
          if containers.innermostIsObject {
            if try passTexts(&offset, &specials) { continue value }
            if offset < count, self[checked: offset] == UInt8(ascii: "}") {
              containers.leave()
              offset &+= 1
              continue
            }
          }
          let byte = try firstByte(from: &offset)
          if byte == UInt8(ascii: ",") { break }
          try containers.close(byte, at: offset)
          offset &+= 1
        }
        offset &+= 1
        _ = try firstByte(from: &offset)
      }
      if containers.innermostIsObject { offset = try endsOfKey(at: offset, &specials).value }
    }
  }

  /// Moves over members such as `,"key":"text"`, of which most objects consist, as long as they come; tells whether the
  /// value of a key has to follow, because it is no text.
  @inline(__always)
  private func passTexts(_ offset: inout Int, _ specials: inout SpecialBytes) throws(JSONError) -> Bool {
    while has(pair: Self.commaQuote, at: offset) {
      offset = try endsOfKey(at: offset &+ 1, &specials).value
      guard offset < count, self[checked: offset] == UInt8(ascii: "\"") else { return true }
      offset = try endOfString(at: offset, &specials).offset
    }
    return false
  }

  /// Moves over one scalar or an empty container, and tells that a value has ended; or into a container that is not empty.
  @inline(__always)
  private func passScalarOrOpen(
    _ offset: inout Int, _ containers: inout Containers, _ specials: inout SpecialBytes
  ) throws(JSONError) -> Bool {
    let byte = try firstByte(from: &offset)
    if byte == UInt8(ascii: "\"") {
      offset = try endOfString(at: offset, &specials).offset
      return true
    }
    switch byte {
    case UInt8(ascii: "{"):
      guard containers.push(isObject: true) else { throw failure(.tooDeep, at: offset) }
      offset &+= 1
      return try firstByte(from: &offset) == UInt8(ascii: "}")
    case UInt8(ascii: "["):
      guard containers.push(isObject: false) else { throw failure(.tooDeep, at: offset) }
      offset &+= 1
      return try firstByte(from: &offset) == UInt8(ascii: "]")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      offset = try endOfNumber(at: offset)
    case UInt8(ascii: "t"):
      offset = try endOfLiteral("true", at: offset)
    case UInt8(ascii: "f"):
      offset = try endOfLiteral("false", at: offset)
    case UInt8(ascii: "n"):
      offset = try endOfLiteral("null", at: offset)
    default:
      throw failure(.expectedValue, at: offset)
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
  mutating func close(_ byte: UInt8, at offset: Int) throws(JSONError) {
    guard byte == (innermostIsObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
      throw JSONError(
        problem: innermostIsObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket, offset: offset)
    }
    leave()
  }
}
