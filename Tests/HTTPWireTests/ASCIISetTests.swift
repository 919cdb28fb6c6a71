import Testing

@testable import HTTPWire

@Suite struct `Sets of characters` {
  @Test func `a token is made of letters, digits and fifteen marks`() {
    #expect(members(of: .token) == alphanumeric.union("!#$%&'*+-.^_`|~".utf8))
  }

  @Test func `a host's name is made of letters, digits and the marks of names`() {
    #expect(members(of: .hostName) == alphanumeric.union("-._~%!$&'()*+;=".utf8))
  }

  @Test func `an IPv6 address is made of hexadecimal digits, colons and full stops`() {
    #expect(members(of: .address) == Set("0123456789abcdefABCDEF:.".utf8))
  }

  private let alphanumeric = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

  private func members(of set: ASCIISet) -> Set<UInt8> { Set((0...255).filter { set.contains($0) }) }
}
