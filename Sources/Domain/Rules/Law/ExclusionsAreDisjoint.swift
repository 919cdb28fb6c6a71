internal import Addressing

/// Two exclusions that overlap are one too many: at least one of them is not what was meant.
enum ExclusionsAreDisjoint: Rule {
  static let demand = "No two exclusions overlap."

  static func judge(_ proposed: ProposedRange, _ world: World, _ findings: inout Findings) {
    for (index, written) in proposed.exclusions.enumerated() {
      guard let network = written.cidr?.meant else { continue }
      let earlier = proposed.exclusions[..<index].firstIndex { $0.cidr?.meant.overlaps(network) == true }
      guard let earlier else { continue }
      let other = proposed.exclusions[earlier].text
      findings.refuse(
        proposed.entries.path(exclusion: index),
        other == written.text
          ? "\(written.text) stands in the list twice; remove one of them"
          : "\(written.text) overlaps \(other), exclusion \(earlier); keep the larger one")
    }
  }
}

extension CIDR {
  /// What the operator had in mind: host bits mean one address.
  fileprivate var meant: IPv4Prefix { hasHostBits ? IPv4Prefix(holding: address, length: 32) : network }
}
