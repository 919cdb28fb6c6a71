import Addressing

/// Compares the scanner with a slower parser that splits the text.
func checkCIDR(_ input: [UInt8]) -> String? {
  let text = String(decoding: input, as: UTF8.self)
  let fast = try? CIDR(text)
  let slow = referenceCIDR(text)
  guard fast?.address.rawValue == slow?.address, fast?.length == slow?.length else {
    return "\(text.debugDescription) is \(fast.map(String.init) ?? "nothing"), or \(slow.map { "\($0)" } ?? "nothing")"
  }
  guard let fast else { return nil }
  if fast.description != text { return "\(text) is written back as \(fast)" }
  return checkSets(fast)
}

/// `a.b.c.d/n`, each part in the shortest spelling of its number.
private func referenceCIDR(_ text: String) -> (address: UInt32, length: Int)? {
  let halves = text.split(separator: "/", omittingEmptySubsequences: false)
  guard halves.count == 2, let length = number(halves[1], upTo: 32) else { return nil }
  let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false).map { number($0, upTo: 255) }
  guard parts.count == 4 else { return nil }
  var address: UInt32 = 0
  for part in parts {
    guard let part else { return nil }
    address = address * 256 + UInt32(part)
  }
  return (address, length)
}

private func number(_ text: Substring, upTo limit: Int) -> Int? {
  guard let number = Int(text), number >= 0, number <= limit, String(number) == text else { return nil }
  return number
}

/// Subtracting a network leaves exactly the other addresses.
private func checkSets(_ cidr: CIDR) -> String? {
  let network = cidr.network
  let around = IPv4Prefix(containing: network.network, length: max(0, network.length - 3))
  var rest = AddressSet(around.addresses)
  rest.subtract(network)
  guard network.contains(cidr.address), around.contains(network), around.overlaps(network),
    rest.count == around.addresses.count - network.addresses.count, !rest.contains(cidr.address)
  else { return "\(network) and \(around) do not fit" }
  return nil
}
