internal import Addressing

// Advice proposes only exclusions that leave enough addresses.
extension AddressPlan {
  /// Returns advice on addresses that are in use: another range, or their exclusion if enough addresses are left.
  func advice(toExclude addresses: AddressSet, _ context: EvaluationContext) -> String {
    let otherRange = fields.adviceOnAnotherRange(like: range, in: context)
    guard let networks = acceptedExclusions(of: addresses, context) else { return otherRange }
    return "\(otherRange), or exclude \(networks.map(\.description).englishList)"
  }

  /// Returns the same as warnings, none longer than ``Warning/maxLength``.
  func warnings(toExclude addresses: AddressSet, _ context: EvaluationContext) -> [String] {
    guard let networks = acceptedExclusions(of: addresses, context) else {
      return ["\(fields.path(.range)): choose another range than \(range), or another VLAN"]
    }
    return stride(from: 0, to: networks.count, by: maxNamesInMessage).map { start in
      let part = networks[start..<min(start + maxNamesInMessage, networks.count)]
      return "\(fields.path(.exclude)): exclude \(part.map(\.description).englishList)"
    }
  }

  /// Returns the same for a few addresses, as the end of a warning.
  func shortAdvice(toExclude addresses: AddressSet, _ context: EvaluationContext) -> String {
    acceptedExclusions(of: addresses, context).map { "exclude \($0.map(\.description).englishList)" }
      ?? "choose another range"
  }

  /// Nil if too few addresses would be left.
  private func acceptedExclusions(of addresses: AddressSet, _ context: EvaluationContext) -> [IPv4Prefix]? {
    let networks = exclusions(of: addresses)
    var left = usable
    left.subtract(networks)
    left.subtract(kept)
    let need = max(AddressRequirement(of: context.facts, choice: context.options.sizing).total, 1)
    return left.count < need || networks.contains { $0.contains(range) } ? nil : networks
  }

  /// Returns the fewest networks that exclude these addresses. They may include the range's first and last address, which
  /// no pod gets, and the addresses next to the given ones, mostly the ends of a subnet; not the present exclusions, because
  /// exclusions must not overlap.
  private func exclusions(of addresses: AddressSet) -> [IPv4Prefix] {
    let adjacentAddresses = addresses.intervals.flatMap { interval in
      [interval.first.rawValue &- 1, interval.last.rawValue &+ 1].map(IPv4Address.init(rawValue:))
    }
    var spare = AddressSet(adjacentAddresses.filter(range.contains) + [range.first, range.last])
    spare.subtract(exclusions)
    return addresses.networks(allowing: spare)
  }
}
