/// The nodes and disks that store data, from which the size of the storage network is computed.
package struct StorageFact: Sendable, Equatable {
  /// The number of nodes, without witnesses.
  package private(set) var nodes = 0
  /// The number of disks of those nodes.
  package private(set) var disks = 0
  /// The maximum number of disks of one node, the estimate for an additional node.
  package private(set) var maxDisksPerNode = 0

  package init() {}

  package init(nodes: [NodeFact], longhornNodes: [LonghornNodeFact]) {
    let witnesses = Set(nodes.lazy.filter(\.isWitness).map(\.name))
    self.nodes = nodes.count - witnesses.count
    for node in longhornNodes where !witnesses.contains(node.name) {
      disks += node.disks
      maxDisksPerNode = max(maxDisksPerNode, node.disks)
    }
  }
}

/// A Longhorn node.
package struct LonghornNodeFact: Sendable, Equatable {
  package var name: String
  package var disks: Int

  package init(name: String, disks: Int) {
    self.name = name
    self.disks = disks
  }
}
