import Testing

@testable import HTTPWire

@Suite struct `Sets of characters` {
  @Test func `a token is made of letters, digits and fifteen marks`() {
    #expect(members(of: .token) == alphanumeric.union("!#$%&'*+-.^_`|~".utf8))
  }

  @Test func `a host and its port are made of letters, digits and the marks of names and addresses`() {
    #expect(members(of: .host) == alphanumeric.union("-._~%!$&'()*+;=:[]".utf8))
  }

  private let alphanumeric = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

  private func members(of set: ASCIISet) -> Set<UInt8> { Set((0...255).filter { set.contains($0) }) }
}
