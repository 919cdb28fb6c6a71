/// The choice of the formula for the number of addresses.
package enum SizingChoice: Sendable, Equatable {
  /// By the cluster's Harvester version; an unknown version gets the larger number.
  case automatic
  case always(Sizing)
}

/// Harvester's documentation gives two formulas. In both, everything counts twice because two generations of Longhorn's
/// managers run side by side during an upgrade.
package enum Sizing: Sendable, Equatable {
  /// v1.1 and v1.2: an instance manager for engines and one for replicas on each node.
  case v1_2
  /// v1.3 and later: one instance manager on each node.
  case v1_3

  /// The formula of a version; nil for a text without one.
  package init?(serverVersion: String) {
    guard let version = HarvesterVersion(serverVersion: serverVersion) else { return nil }
    self = version >= HarvesterVersion(1, 3) ? .v1_3 : .v1_2
  }

  var addressesPerNode: Int {
    switch self {
    case .v1_2: 4
    case .v1_3: 2
    }
  }
}

/// The number of addresses that the storage network of a cluster needs, with its terms.
package struct AddressRequirement: Sendable, Equatable {
  package struct Term: Sendable, Equatable, CustomStringConvertible {
    package let count: Int
    package let unit: String
    package let perUnit: Int
    /// The purpose of the term, if its unit does not express it.
    package var suffix = ""

    package init(count: Int, unit: String, perUnit: Int, suffix: String = "") {
      self.count = count
      self.unit = unit
      self.perUnit = perUnit
      self.suffix = suffix
    }

    package var total: Int { count * perUnit }

    /// The term in the sum: `10 disks × 2`.
    package var description: String { count.counted(unit) + (perUnit == 1 ? "" : " × \(perUnit)") + suffix }
  }

  package let load: StorageLoad
  package let sizing: Sizing
  /// False if the version is unknown, so that the larger formula applies.
  package let isVersionKnown: Bool

  package let total: Int

  /// The terms of the total.
  package var terms: [Term] {
    var terms = [
      Term(count: load.nodes, unit: "node", perUnit: sizing.addressesPerNode),
      Term(count: load.disks, unit: "disk", perUnit: 2),
    ]
    if load.images > 0 { terms.append(Term(count: load.images, unit: "image", perUnit: 1)) }
    if load.v2DataEngineIsOn {
      // A second instance manager on each node, again twice during an upgrade.
      terms.append(Term(count: load.nodes, unit: "V2 engine node", perUnit: 2))
    }
    if load.rwxSharesStorageNetwork {
      terms.append(Term(count: load.nodes + 32, unit: "address", perUnit: 1, suffix: " for RWX volumes"))
    }
    return terms
  }

  /// The sum in words: `5 nodes × 4 + 10 disks × 2`.
  package var sum: String {
    terms.map(\.description).joined(separator: " + ")
  }

  /// Returns the number of addresses of an additional node.
  package func perAdditionalNode(withDisks disks: Int) -> Int {
    sizing.addressesPerNode + 2 * disks + (load.v2DataEngineIsOn ? 2 : 0) + (load.rwxSharesStorageNetwork ? 1 : 0)
  }

  package init(of facts: borrowing ClusterFacts, choice: SizingChoice) {
    self.init(
      StorageLoad(
        nodes: facts.storage.nodes, disks: facts.storage.disks, v2DataEngineIsOn: facts.v2DataEngineIsOn,
        rwxSharesStorageNetwork: facts.rwxVolumesUseStorageNetwork),
      serverVersion: facts.serverVersion, choice: choice)
  }

  package init(_ load: StorageLoad, serverVersion: String?, choice: SizingChoice) {
    let detected = serverVersion.flatMap(Sizing.init(serverVersion:))
    switch choice {
    case .always(let chosen):
      sizing = chosen
      isVersionKnown = true
    case .automatic:
      sizing = detected ?? .v1_2
      isVersionKnown = detected != nil
    }
    self.load = load
    total =
      load.nodes * sizing.addressesPerNode + load.disks * 2 + load.images
      + (load.v2DataEngineIsOn ? load.nodes * 2 : 0) + (load.rwxSharesStorageNetwork ? load.nodes + 32 : 0)
  }
}

/// The load that needs addresses.
package struct StorageLoad: Sendable, Equatable {
  /// Witnesses are not counted.
  package var nodes: Int
  /// The total of all nodes.
  package var disks: Int
  /// The number uploaded or downloaded at the same time.
  package var images: Int
  package var v2DataEngineIsOn: Bool
  /// Whether RWX volumes use the storage network, by rwx-network or by Longhorn's own setting.
  package var rwxSharesStorageNetwork: Bool

  package init(
    nodes: Int, disks: Int, images: Int = 0, v2DataEngineIsOn: Bool = false, rwxSharesStorageNetwork: Bool = false
  ) {
    self.nodes = nodes
    self.disks = disks
    self.images = images
    self.v2DataEngineIsOn = v2DataEngineIsOn
    self.rwxSharesStorageNetwork = rwxSharesStorageNetwork
  }
}
