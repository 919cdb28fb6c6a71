/// Tolerant reading: a value of another kind is skipped and counts as missing.
extension JSONReader {
  @_lifetime(copy self)
  public mutating func readStringIfPresent() throws(JSONError) -> JSONToken? {
    guard try firstByte() == UInt8(ascii: "\"") else {
      try skip()
      return nil
    }
    return try readString()
  }

  public mutating func readBoolIfPresent() throws(JSONError) -> Bool? {
    guard try nextKind() == .bool else {
      try skip()
      return nil
    }
    return try readBool()
  }

  public mutating func readIntegerIfPresent() throws(JSONError) -> Int? {
    guard try nextKind() == .number else {
      try skip()
      return nil
    }
    return Int(try readNumber().string)
  }

  /// Reads the strings of an array; elements of another kind are skipped.
  public mutating func readStrings() throws(JSONError) -> [String] {
    var strings: [String] = []
    try readElements { reader throws(JSONError) in
      if let text = try reader.readStringIfPresent() { strings.append(text.string) }
    }
    return strings
  }
}
