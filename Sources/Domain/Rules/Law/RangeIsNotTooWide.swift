internal import Addressing

/// Harvester takes no range wider than a /16.
enum RangeIsNotTooWide: Rule {
  static let demand = "The range is a /16 or smaller."

  static func judge(_ proposed: ProposedRange, _ world: World, _ findings: inout Findings) {
    guard proposed.range.length < widestPrefixLength else { return }
    findings.refuse(
      proposed.entries.path(.range),
      "\(proposed.range) is too large: a /\(widestPrefixLength) with 65534 addresses is the largest range allowed")
  }
}

/// The prefix length of the largest range that Harvester takes.
package let widestPrefixLength = 16
