internal import Addressing

// Advice proposes only exclusions that leave enough addresses.
extension AddressPlan {
  /// The advice on addresses that others use: another range, or to exclude them where enough are left.
  func advice(toExclude addresses: AddressSet, _ context: EvaluationContext) -> String {
    let otherRange = fields.adviceOnAnotherRange(like: range, in: context)
    guard let networks = acceptedExclusions(of: addresses, context) else { return otherRange }
    return "\(otherRange), or exclude \(networks.map(\.description).englishList)"
  }

  /// The same as warnings, each short enough for ``Warning/maxLength``.
  func warnings(toExclude addresses: AddressSet, _ context: EvaluationContext) -> [String] {
    guard let networks = acceptedExclusions(of: addresses, context) else {
      return ["\(fields.path(.range)): choose another range than \(range), or another VLAN"]
    }
    return stride(from: 0, to: networks.count, by: maxNamesInMessage).map { start in
      let part = networks[start..<min(start + maxNamesInMessage, networks.count)]
      return "\(fields.path(.exclude)): exclude \(part.map(\.description).englishList)"
    }
  }

  /// The same for a few addresses, as the end of a warning.
  func shortAdvice(toExclude addresses: AddressSet, _ context: EvaluationContext) -> String {
    acceptedExclusions(of: addresses, context).map { "exclude \($0.map(\.description).englishList)" }
      ?? "choose another range"
  }

  /// Nil where too few addresses would be left.
  private func acceptedExclusions(of addresses: AddressSet, _ context: EvaluationContext) -> [IPv4Prefix]? {
    let networks = exclusions(of: addresses)
    var left = usable
    left.subtract(networks)
    left.subtract(kept)
    let need = max(AddressRequirement(of: context.facts, choice: context.options.sizing).total, 1)
    return left.count < need || networks.contains { $0.contains(range) } ? nil : networks
  }

  /// The fewest networks that exclude these addresses. They may include the range's first and last address, which no pod
  /// gets, and the addresses next to the excluded ones, mostly the ends of a subnet. They do not include what is excluded
  /// already, because no two exclusions may overlap.
  private func exclusions(of addresses: AddressSet) -> [IPv4Prefix] {
    let otherSettingNetworks = addresses.intervals.flatMap { interval in
      [interval.first.rawValue &- 1, interval.last.rawValue &+ 1].map(IPv4Address.init(rawValue:))
    }
    var spare = AddressSet(otherSettingNetworks.filter(range.contains) + [range.first, range.last])
    spare.subtract(exclusions)
    return addresses.networks(sparing: spare)
  }
}
