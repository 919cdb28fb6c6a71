/// The progress of Longhorn in applying the last change of the storage network.
package struct LonghornNetworkFact: Sendable, Equatable {
  /// Longhorn's own setting `storage-network`: `NAMESPACE/NAME` of the network of its pods, or empty; nil without the
  /// setting.
  package var network: String?
  /// Whether Longhorn has applied the setting; nil before Longhorn 1.6, which does not report it.
  package var isApplied: Bool?
  /// Longhorn's pods that carry storage traffic.
  package var pods: [LonghornPodFact]

  package init(network: String? = nil, isApplied: Bool? = true, pods: [LonghornPodFact] = []) {
    self.network = network
    self.isApplied = isApplied
    self.pods = pods
  }

  /// The pods that are attached to another network than the setting's.
  var outdatedPods: [LonghornPodFact] { network.map(podsOff) ?? [] }

  /// Returns the pods that are attached to another network than this one, or without one where this is not empty.
  func podsOff(_ network: String) -> [LonghornPodFact] { pods.filter { $0.network != network } }

  /// Whether Longhorn may still restart outdated pods: it reports `applied` only from 1.6 on, and for a moment after a write
  /// of its setting the report is of the previous value. A pod that stays while others have moved is left behind.
  var mayStillMovePods: Bool { isApplied != true || outdatedPods.count == pods.count }

  /// The network that Longhorn's pods move to, for messages.
  var destination: String { network.flatMap { $0.isEmpty ? nil : $0 } ?? "no storage network" }
}

/// A running instance manager, backing image manager or backing image data source.
package struct LonghornPodFact: Sendable, Equatable {
  package var name: String
  package var node: String
  /// `NAMESPACE/NAME` of the network of the interface `lhnet1`; empty without that interface.
  package var network: String

  package init(name: String, node: String = "", network: String = "") {
    self.name = name
    self.node = node
    self.network = network
  }
}
