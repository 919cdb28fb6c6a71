package import Addressing
package import Rules

/// Private ranges without conflicts, found by interval arithmetic: single addresses are not enumerated.
package enum FreeRanges {
  /// RFC 1918 section 3, beginning with the range that large sites use least.
  private static let privateNetworks = [
    IPv4Prefix(containing: IPv4Address(rawValue: 192 << 24 | 168 << 16), length: 16),
    IPv4Prefix(containing: IPv4Address(rawValue: 172 << 24 | 16 << 16), length: 12),
    IPv4Prefix(containing: IPv4Address(rawValue: 10 << 24), length: 8),
  ]

  /// Returns the lowest free range of each private network.
  package static func suggestions(ofLength length: Int, in facts: ClusterFacts, _ options: RulesetOptions)
    -> [IPv4Prefix]
  {
    let taken = AddressOwner.all(in: facts, options).map(\.addresses) + likelyUsed(facts)
    return privateNetworks.compactMap { network in
      var free = AddressSet(network.addresses)
      for addresses in taken { free.subtract(addresses) }
      return free.firstNetwork(ofLength: length)
    }
  }

  /// Returns networks that are likely to be in use because they contain known addresses: the /24 of each node, of which
  /// only the node's own address is known, the subnets of hosts and of managed DHCP, the ranges of Whereabouts' pools,
  /// and the whole ranges of the other settings.
  private static func likelyUsed(_ facts: ClusterFacts) -> [AddressSet] {
    let networks =
      (facts.nodes.flatMap(\.addresses) + [facts.virtualAddress].compactMap(\.self))
      .map { IPv4Prefix(containing: $0, length: 24) }
      + facts.hostNetworks.flatMap(\.networks) + facts.dhcpPools.compactMap(\.subnet)
      + facts.addressPools.map(\.range) + facts.otherSettingNetworks.map(\.range)
    return networks.map { AddressSet($0.addresses) }
  }
}

extension AddressSet {
  /// Returns the lowest network of this length whose addresses are all in the set.
  package func firstNetwork(ofLength length: Int) -> IPv4Prefix? {
    for interval in intervals {
      let here = IPv4Prefix(containing: interval.first, length: length)
      if here.first == interval.first, here.last <= interval.last { return here }
      guard here.last.rawValue < .max else { continue }
      let next = IPv4Prefix(containing: IPv4Address(rawValue: here.last.rawValue + 1), length: length)
      if next.last <= interval.last { return next }
    }
    return nil
  }
}
