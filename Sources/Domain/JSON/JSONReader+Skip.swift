/// Passing over a whole value: every byte is checked, nothing is built.
extension JSONReader {
  /// Skips the next value and gives the place of its bytes, without the white space around it.
  @discardableResult
  package mutating func skip() throws(JSONError) -> Range<Int> {
    _ = try firstByte()
    let start = offset
    var containers = Containers(below: depth)
    repeat {
      try passScalarOrOpen(&containers)
      try passSeparators(&containers)
    } while !containers.isEmpty
    return start..<offset
  }

  /// Moves over one scalar, or over the `{ "key":` or `[` that begins a container which is not empty.
  @inline(__always)
  private mutating func passScalarOrOpen(_ containers: inout Containers) throws(JSONError) {
    containers.holdsOpenPlace = false
    switch try firstByte() {
    case UInt8(ascii: "\""):
      _ = try passString()
    case UInt8(ascii: "{"):
      guard containers.push(isObject: true) else { throw failure(.tooDeep) }
      offset += 1
      if try firstByte() == UInt8(ascii: "}") { return }
      try passKey()
      containers.holdsOpenPlace = true
    case UInt8(ascii: "["):
      guard containers.push(isObject: false) else { throw failure(.tooDeep) }
      offset += 1
      if try firstByte() == UInt8(ascii: "]") { return }
      containers.holdsOpenPlace = true
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try scanNumber()
    case UInt8(ascii: "t"):
      try scanLiteral("true")
    case UInt8(ascii: "f"):
      try scanLiteral("false")
    case UInt8(ascii: "n"):
      try scanLiteral("null")
    default:
      throw failure(.expectedValue)
    }
  }

  /// Closes what ends here and moves over the comma, and in an object the key, before the next value.
  @inline(__always)
  private mutating func passSeparators(_ containers: inout Containers) throws(JSONError) {
    while !containers.isEmpty, !containers.holdsOpenPlace {
      let byte = try firstByte()
      let isObject = containers.innermostIsObject
      if byte == UInt8(ascii: ",") {
        offset += 1
        if isObject {
          _ = try firstByte()
          try passKey()
        }
        return
      }
      guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw failure(isObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket)
      }
      offset += 1
      containers.pop()
    }
  }

  @inline(__always)
  private mutating func passKey() throws(JSONError) {
    guard byte(at: offset) == UInt8(ascii: "\"") else { throw failure(.expectedKey) }
    _ = try passString()
    try scanColon()
  }
}

/// Which containers are open while skipping: one bit a level, the innermost lowest.
private struct Containers {
  private let levelsBelow: Int
  private var objectBits: UInt64 = 0
  private var count = 0
  /// True when a value has to follow at once: behind `{ "key":` and behind `[`.
  var holdsOpenPlace = false

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
