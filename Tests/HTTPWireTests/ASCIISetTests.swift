import Testing

@testable import HTTPWire

@Suite struct `ASCII sets` {
  @Test func `the token set has letters, digits and fifteen symbols`() {
    #expect(members(of: .token) == alphanumeric.union("!#$%&'*+-.^_`|~".utf8))
  }

  @Test func `the host name set has letters, digits and the symbols of RFC 3986`() {
    #expect(members(of: .hostName) == alphanumeric.union("-._~%!$&'()*+;=".utf8))
  }

  @Test func `the address set has hexadecimal digits, colons and full stops`() {
    #expect(members(of: .address) == Set("0123456789abcdefABCDEF:.".utf8))
  }

  private let alphanumeric = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

  private func members(of set: ASCIISet) -> Set<UInt8> { Set((0...255).filter { set.contains($0) }) }
}
