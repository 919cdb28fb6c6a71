/// The progress of Longhorn in applying the last change of the storage network.
package struct LonghornNetworkFact: Sendable, Equatable {
  /// Longhorn's own setting `storage-network`: `NAMESPACE/NAME` of the network its pods shall be attached to, or empty;
  /// nil where there is no such setting.
  package var network: String?
  /// False while Longhorn has not taken the setting over; nil where it does not say (Longhorn before 1.6).
  package var isApplied: Bool?
  /// Longhorn's pods that carry storage traffic.
  package var pods: [LonghornPodFact]

  package init(network: String? = nil, isApplied: Bool? = true, pods: [LonghornPodFact] = []) {
    self.network = network
    self.isApplied = isApplied
    self.pods = pods
  }

  /// The pods that are attached to another network than the setting says.
  var outdatedPods: [LonghornPodFact] {
    guard let network else { return [] }
    return pods.filter { $0.network != network }
  }

  /// Whether stray pods may still move by themselves: Longhorn says `applied` only from 1.6 on, and for a moment after
  /// its setting was written what it says is of the value before. A pod that stays while others have moved is left behind.
  var mayStillMovePods: Bool { isApplied != true || outdatedPods.count == pods.count }

  /// Whereto Longhorn's pods shall move, in words.
  var destination: String { network.flatMap { $0.isEmpty ? nil : $0 } ?? "no storage network" }
}

/// An instance manager, backing image manager or backing image data source that runs.
package struct LonghornPodFact: Sendable, Equatable {
  package var name: String
  package var node: String
  /// `NAMESPACE/NAME` of the network behind the interface `lhnet1`; empty where the pod has no such interface.
  package var network: String

  package init(name: String, node: String = "", network: String = "") {
    self.name = name
    self.node = node
    self.network = network
  }
}
