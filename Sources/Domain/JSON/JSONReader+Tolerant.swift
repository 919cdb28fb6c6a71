/// Reading what one needs from objects that others write: a value of another kind counts as missing.
extension JSONReader {
  /// Walks the members of the object that comes next; a value that `member` leaves unread is skipped.
  public mutating func readMembers(
    _ member: (borrowing JSONText, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try firstByte() == UInt8(ascii: "{") else {
      try skip()
      return
    }
    try enterObject()
    while let key = try nextKey() {
      let start = try placeOfNextValue()
      try member(key, &self)
      if offset == start { try skip() }
    }
  }

  /// Walks the elements of the array that comes next; an element that `element` leaves unread is skipped.
  public mutating func readElements(
    _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try firstByte() == UInt8(ascii: "[") else {
      try skip()
      return
    }
    try enterArray()
    while try nextElement() {
      let start = try placeOfNextValue()
      try element(&self)
      if offset == start { try skip() }
    }
  }

  /// Moves over white space first, so that merely asking for the kind of a value does not count as reading it.
  private mutating func placeOfNextValue() throws(JSONError) -> Int {
    _ = try firstByte()
    return offset
  }

  @_lifetime(copy self)
  public mutating func readStringIfAny() throws(JSONError) -> JSONText? {
    guard try firstByte() == UInt8(ascii: "\"") else {
      try skip()
      return nil
    }
    return try readString()
  }

  public mutating func readBoolIfAny() throws(JSONError) -> Bool? {
    guard try nextKind() == .bool else {
      try skip()
      return nil
    }
    return try readBool()
  }

  public mutating func readIntegerIfAny() throws(JSONError) -> Int? {
    guard try nextKind() == .number else {
      try skip()
      return nil
    }
    return Int(try readNumber().string)
  }

  /// The strings of an array; elements of another kind are left out.
  public mutating func readStrings() throws(JSONError) -> [String] {
    var strings: [String] = []
    try readElements { reader throws(JSONError) in
      if let text = try reader.readStringIfAny() { strings.append(text.string) }
    }
    return strings
  }
}
