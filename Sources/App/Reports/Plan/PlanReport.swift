package import Addressing
package import Rules

/// The number of addresses that a storage network needs, and the growth that each size of range allows.
package struct PlanReport: Sendable {
  package let load: StorageLoad
  package let need: AddressRequirement
  /// The expected number of disks of an additional node.
  package let disksPerAdditionalNode: Int
  package let prefixOptions: [PrefixOption]
  package let space: AddressSpace?
  /// Whether facts of a cluster were read, so that suggestions are free there.
  package let usesClusterData: Bool
  /// Nil without `--suggest`.
  package let suggestions: [IPv4Prefix]?

  package init(
    of load: StorageLoad, disksPerAdditionalNode: Int? = nil, in facts: ClusterFacts = ClusterFacts(),
    _ options: RulesetOptions = RulesetOptions(), range: ProposedSpace? = nil, usesClusterData: Bool = true,
    suggests: Bool = false
  ) {
    let need = AddressRequirement(load, serverVersion: facts.serverVersion, choice: options.sizing)
    let disks = disksPerAdditionalNode ?? (load.nodes == 0 ? 0 : (load.disks + load.nodes - 1) / load.nodes)
    let prefixOptions = PrefixOption.all(for: need, disksPerAdditionalNode: disks)
    self.load = load
    self.need = need
    self.disksPerAdditionalNode = disks
    self.prefixOptions = prefixOptions
    self.usesClusterData = usesClusterData
    space = range.map { proposed in
      AddressSpace(
        of: proposed.range, without: proposed.exclusions, need: need.total,
        owners: AddressOwner.all(in: facts, options))
    }
    suggestions =
      suggests ? prefixOptions.first.map { FreeRanges.suggestions(ofLength: $0.length, in: facts, options) } ?? [] : nil
  }

  /// The smallest sufficient size; nil if even the largest allowed one is too small.
  package var smallest: PrefixOption? { prefixOptions.first }

  /// False if the proposed range is too small or not free.
  package var isSufficient: Bool {
    guard let space else { return smallest != nil }
    return space.available >= need.total && space.collisions.isEmpty
  }

  func moreNodes(with spare: Int) -> Int {
    max(0, spare) / max(1, need.perAdditionalNode(withDisks: disksPerAdditionalNode))
  }
}

/// A proposed range with its exclusions.
package struct ProposedSpace: Sendable {
  package let range: IPv4Prefix
  package let exclusions: [IPv4Prefix]

  package init(range: IPv4Prefix, exclusions: [IPv4Prefix] = []) {
    self.range = range
    self.exclusions = exclusions
  }
}

/// The growth that a range of one size allows.
package struct PrefixOption: Sendable, Equatable {
  package let length: Int
  package let usable: Int
  /// The addresses left when everything has its own.
  package let spare: Int
  /// Each of the three alone.
  package let moreNodes: Int
  package let moreDisks: Int
  package let moreImages: Int

  /// Returns the smallest sufficient size, the next two, and the larger ones that are common.
  static func all(for need: AddressRequirement, disksPerAdditionalNode disks: Int) -> [PrefixOption] {
    let fitting = stride(from: 30, through: widestPrefixLength, by: -1).filter { usable($0) >= max(need.total, 1) }
    guard let smallest = fitting.first else { return [] }
    let node = max(1, need.perAdditionalNode(withDisks: disks))
    return fitting.filter { smallest - $0 <= 2 || [24, 22, 20, 16].contains($0) }.map { length in
      let spare = usable(length) - need.total
      return PrefixOption(
        length: length, usable: usable(length), spare: spare, moreNodes: spare / node, moreDisks: spare / 2,
        moreImages: spare)
    }
  }

  private static func usable(_ length: Int) -> Int { 1 << (32 - length) - 2 }
}
