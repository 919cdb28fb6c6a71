/// Parses addresses and prefix lengths from left to right.
struct AddressScanner: ~Copyable, ~Escapable {
  private let bytes: Span<UInt8>
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  mutating func readAddress() throws(AddressError) -> IPv4Address {
    if bytes.isEmpty { throw failure(.empty) }
    for index in bytes.indices where bytes[index] == UInt8(ascii: ":") { throw failure(.looksLikeIPv6) }
    var value: UInt32 = 0
    for position in 0..<4 {
      if position > 0, !skip(UInt8(ascii: ".")) { throw failure(.badNumber) }
      value = value << 8 | (try readNumber(upTo: 255, otherwise: .badNumber, orTooLarge: .numberTooLarge))
    }
    return IPv4Address(rawValue: value)
  }

  mutating func readPrefixLength() throws(AddressError) -> Int {
    if offset == bytes.count { throw failure(.missingPrefixLength) }
    guard skip(UInt8(ascii: "/")) else { throw failure(.trailingText) }
    return Int(try readNumber(upTo: 32, otherwise: .badPrefixLength, orTooLarge: .badPrefixLength))
  }

  func readEnd() throws(AddressError) {
    if offset < bytes.count { throw failure(.trailingText) }
  }

  private mutating func readNumber(
    upTo limit: UInt32, otherwise problem: AddressError.Problem, orTooLarge excess: AddressError.Problem
  ) throws(AddressError) -> UInt32 {
    let start = offset
    var number: UInt32 = 0
    while offset < bytes.count, let digit = decimalDigit(bytes[offset]) {
      number = number * 10 + digit
      guard number <= limit else { throw failure(excess, at: start) }
      offset += 1
    }
    let digits = offset - start
    guard digits > 0 else { throw failure(problem) }
    guard digits == 1 || bytes[start] != UInt8(ascii: "0") else { throw failure(problem, at: start) }
    return number
  }

  private func decimalDigit(_ byte: UInt8) -> UInt32? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt32(digit) : nil
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private func failure(_ problem: AddressError.Problem, at start: Int? = nil) -> AddressError {
    AddressError(problem: problem, offset: start ?? offset)
  }
}
