/// Skipping of a whole value: every byte is checked, nothing is built.
extension JSONReader {
  /// Skips the next value and returns the range of its bytes, without surrounding white space.
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
  /// Returns the end of the value at `start`; `depth` containers are open around it.
  fileprivate func endOfValue(
    at start: Int, depth: Int, _ known: inout SpecialBytes
  ) throws(JSONError) -> Int {
    var offset = start
    // In registers during the loop.
    var specials = known
    defer { known = specials }
    var containers = Containers(below: depth)
    value: while true {
      if try skipScalarOrEnter(&offset, &containers, &specials) {
        // After a value: closes what ends here, up to a comma before the next member or element.
        while true {
          if containers.isEmpty { return offset }
          if containers.innermostIsObject {
            if try skipStringMembers(&offset, &specials) { continue value }
            if offset < count, self[checked: offset] == UInt8(ascii: "}") {
              containers.pop()
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

  /// Advances past members such as `,"key":"text"`, most of an object's members; returns true after a key whose value
  /// is not a string.
  @inline(__always)
  private func skipStringMembers(_ offset: inout Int, _ specials: inout SpecialBytes) throws(JSONError) -> Bool {
    while has(pair: Self.commaQuote, at: offset) {
      offset = try endsOfKey(at: offset &+ 1, &specials).value
      guard offset < count, self[checked: offset] == UInt8(ascii: "\"") else { return true }
      offset = try endOfString(at: offset, &specials).offset
    }
    return false
  }

  /// Advances past a scalar or an empty container and returns true, or into a container that is not empty.
  @inline(__always)
  private func skipScalarOrEnter(
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

/// The open containers while skipping: one bit per level, the innermost lowest.
private struct Containers {
  private var objectBits: UInt64 = 0
  private var count = 0
  private let maxCount: Int

  /// - Parameter depth: The number of containers around the skipped value.
  init(below depth: Int) {
    maxCount = JSONLimits.depth - depth
  }

  var isEmpty: Bool { count == 0 }
  var innermostIsObject: Bool { objectBits & 1 == 1 }

  /// Adds a container; returns false at the depth limit.
  mutating func push(isObject: Bool) -> Bool {
    guard count < maxCount else { return false }
    objectBits = objectBits &<< 1 | (isObject ? 1 : 0)
    count &+= 1
    return true
  }

  /// - Precondition: A container is open.
  mutating func pop() {
    objectBits &>>= 1
    count &-= 1
  }

  /// Closes the innermost container, whose end this byte must be.
  mutating func close(_ byte: UInt8, at offset: Int) throws(JSONError) {
    guard byte == (innermostIsObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
      throw JSONError(
        problem: innermostIsObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket, offset: offset)
    }
    pop()
  }
}
