internal import Addressing

// Advice proposes only ranges that the rules accept.
extension ProposedFields {
  /// The first private range without exclusions that the rules accept, as large as the given one or as large as needed;
  /// nil where none is among the first 256 of each private network.
  func acceptableRange(like range: IPv4Prefix, in context: EvaluationContext) -> IPv4Prefix? {
    let need = AddressRequirement(of: context.facts, choice: context.options.sizing)
    // Whereabouts hands out neither the first nor the last address.
    let bits = Int.bitWidth - (need.total + 1).leadingZeroBitCount
    let wanted = range.length < widestPrefixLength ? 24 : range.length
    let length = max(widestPrefixLength, min(wanted, 29, 32 - bits))
    // Addresses next to a node's own are probably in use.
    let surroundings = context.facts.nodeAddresses.map { IPv4Prefix(containing: $0, length: 24) }
    for network in RangeIsPrivate.suggested {
      for candidate in network.parts(ofLength: length).prefix(256)
      where !surroundings.contains(where: candidate.overlaps) && accepts(candidate, in: context) {
        return candidate
      }
    }
    return nil
  }

  /// The advice to choose another range, with a free one as example where there is one.
  func adviceOnAnotherRange(like range: IPv4Prefix, in context: EvaluationContext) -> String {
    "choose another range" + (acceptableRange(like: range, in: context).map { ", for example \($0)" } ?? "")
  }

  /// A free range in quotes, as an example.
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
    guard !findings.isRefused else { return false }
    let plan = AddressPlan(proposed, excluding: exclusions, in: context.facts)
    findings.evaluate(RuleCatalog.addresses, about: plan, context)
    return !findings.isRefused
  }
}

extension IPv4Prefix {
  /// The networks of this length that the network consists of, in ascending order.
  fileprivate func parts(ofLength length: Int) -> some Sequence<IPv4Prefix> {
    stride(from: UInt64(first.rawValue), through: UInt64(last.rawValue), by: 1 << (32 - length)).lazy.map {
      IPv4Prefix(containing: IPv4Address(rawValue: UInt32($0)), length: length)
    }
  }
}
