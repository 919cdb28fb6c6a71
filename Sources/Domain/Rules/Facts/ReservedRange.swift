package import Addressing

/// A range that the storage network must not overlap, and its purpose.
package struct ReservedRange: Sendable, Equatable {
  package let network: IPv4Prefix
  package let purpose: String

  package init(network: IPv4Prefix, purpose: String) {
    self.network = network
    self.purpose = purpose
  }

  /// The ranges in Harvester's documentation: the pods and services of Harvester and of guest clusters.
  package static let documented = [
    ReservedRange(second: 42, purpose: "the pods of RKE2 and K3s clusters"),
    ReservedRange(second: 43, purpose: "the services of RKE2 and K3s clusters"),
    ReservedRange(second: 52, purpose: "the pods of Harvester"),
    ReservedRange(second: 53, purpose: "the services of Harvester"),
  ]

  /// `10.second.0.0/16`
  private init(second: UInt32, purpose: String) {
    self.init(
      network: IPv4Prefix(containing: IPv4Address(rawValue: 10 << 24 | second << 16), length: 16), purpose: purpose)
  }
}

extension ReservedRange {
  /// A range that the operator reserves with `--reserved-range`.
  package init(byOption network: IPv4Prefix) {
    self.init(network: network, purpose: "other use by --reserved-range")
  }
}
