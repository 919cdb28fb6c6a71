internal import Addressing

// Advice proposes only ranges that the rules accept.
extension ProposedFields {
  /// Returns the first private range without exclusions that the rules accept, of the given size or the required one; nil
  /// if none of the first 256 of each private network is accepted.
  func acceptableRange(like range: IPv4Prefix, in context: EvaluationContext) -> IPv4Prefix? {
    let need = AddressRequirement(of: context.facts, choice: context.options.sizing)
    // Whereabouts allocates neither the first nor the last address.
    let bits = Int.bitWidth - (need.total + 1).leadingZeroBitCount
    let wanted = range.length < widestPrefixLength ? 24 : range.length
    let length = max(widestPrefixLength, min(wanted, 29, 32 - bits))
    // Addresses next to a node's own are probably in use.
    let nearbyNetworks = context.facts.nodeAddresses.map { IPv4Prefix(containing: $0, length: 24) }
    for network in RangeIsPrivate.suggested {
      for candidate in network.parts(ofLength: length).prefix(256)
      where !nearbyNetworks.contains(where: candidate.overlaps) && accepts(candidate, in: context) {
        return candidate
      }
    }
    return nil
  }

  /// Returns the advice to choose another range, with a free one as an example.
  func adviceOnAnotherRange(like range: IPv4Prefix, in context: EvaluationContext) -> String {
    "choose another range" + (acceptableRange(like: range, in: context).map { ", for example \($0)" } ?? "")
  }

  /// Returns a free range in quotes, as an example.
  func exampleOfRange(in context: EvaluationContext) -> String {
    let usual = IPv4Prefix(containing: IPv4Address(rawValue: 192 << 24 | 168 << 16), length: 24)
    return "\"\(acceptableRange(like: usual, in: context) ?? usual)\""
  }

  /// Returns whether the rules accept another range with these exclusions in place of the written ones.
  func accepts(_ range: IPv4Prefix, excluding exclusions: [IPv4Prefix] = [], in context: EvaluationContext) -> Bool {
    let proposed = ProposedRange(self, range: range, exclusions: exclusions.map { CIDRField($0.description) })
    // Messages call this function; without them there is no recursion.
    var findings = Findings(writesMessages: false)
    findings.evaluate(RuleCatalog.range, about: proposed, context)
    guard !findings.hasViolation else { return false }
    let plan = AddressPlan(proposed, excluding: exclusions, in: context.facts)
    findings.evaluate(RuleCatalog.addresses, about: plan, context)
    return !findings.hasViolation
  }
}

extension IPv4Prefix {
  /// Returns the subnets of this length, in ascending order.
  fileprivate func parts(ofLength length: Int) -> some Sequence<IPv4Prefix> {
    stride(from: UInt64(first.rawValue), through: UInt64(last.rawValue), by: 1 << (32 - length)).lazy.map {
      IPv4Prefix(containing: IPv4Address(rawValue: UInt32($0)), length: length)
    }
  }
}
