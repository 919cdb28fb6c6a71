/// The nodes and disks that store data, from which the size of the storage network is computed.
package struct StorageFact: Sendable, Equatable {
  /// All nodes but witnesses.
  package private(set) var nodes = 0
  /// The disks of those nodes together.
  package private(set) var disks = 0
  /// The disks of the node that has most: what another node is likely to bring.
  package private(set) var mostDisksOfNode = 0

  package init() {}

  package init(nodes: [NodeFact], longhornNodes: [LonghornNodeFact]) {
    let witnesses = Set(nodes.lazy.filter(\.isWitness).map(\.name))
    self.nodes = nodes.count - witnesses.count
    for node in longhornNodes where !witnesses.contains(node.name) {
      disks += node.disks
      mostDisksOfNode = max(mostDisksOfNode, node.disks)
    }
  }
}

/// A node as Longhorn sees it.
package struct LonghornNodeFact: Sendable, Equatable {
  package var name: String
  package var disks: Int

  package init(name: String, disks: Int) {
    self.name = name
    self.disks = disks
  }
}
