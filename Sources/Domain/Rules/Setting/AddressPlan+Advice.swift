internal import Addressing

/// A rule about addresses that others use.
protocol AddressConflictRule: Rule<AddressPlan> {
  /// The usable addresses of the plan that others use.
  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet
}

// Advice proposes only exclusions that leave enough addresses, and that may stand beside those which other rules propose:
// no two exclusions may overlap.
extension AddressPlan {
  /// Returns advice on addresses that are in use: another range, or their exclusion if enough addresses are left.
  func advice(toExclude addresses: AddressSet, _ context: EvaluationContext) -> String {
    let otherRange = fields.adviceOnAnotherRange(like: range, in: context)
    guard let networks = exclusions(of: addresses, context) else { return otherRange }
    return "\(otherRange), or exclude \(networks.map(\.description).englishList)"
  }

  /// Returns the same as warnings, none longer than ``Warning/maxLength``.
  func warnings(toExclude addresses: AddressSet, _ context: EvaluationContext) -> [String] {
    guard let networks = exclusions(of: addresses, context) else {
      return ["\(fields.path(.range)): choose another range than \(range), or another VLAN"]
    }
    let start = "\(fields.path(.exclude)): exclude "
    return Warning.lines(of: networks.map(\.description), after: start, thenAfter: start)
  }

  /// Returns the same for a few addresses, as the end of a warning.
  func shortAdvice(toExclude addresses: AddressSet, _ context: EvaluationContext) -> String {
    exclusions(of: addresses, context).map { "exclude \($0.map(\.description).englishList)" } ?? "choose another range"
  }

  /// The exclusions that all rules together demand; nil where they would leave too few addresses.
  func demandedExclusions(_ context: EvaluationContext) -> [IPv4Prefix]? {
    let networks = exclusions(of: conflicts(RuleCatalog.refusedConflicts, context))
    return leavesEnough(without: networks, context) ? networks : nil
  }

  /// Those of the proposed exclusions that the addresses need; nil where all together would leave too few.
  func exclusions(of addresses: AddressSet, _ context: EvaluationContext) -> [IPv4Prefix]? {
    guard var networks = demandedExclusions(context) else { return nil }
    func own() -> [IPv4Prefix] { networks.filter { !addresses.intersection(AddressSet($0.addresses)).isEmpty } }
    var rest = addresses
    rest.subtract(networks)
    if rest.isEmpty { return own() }
    networks += exclusions(of: conflicts(RuleCatalog.warnedConflicts, context), beside: networks)
    networks.sort { $0.first < $1.first }
    return leavesEnough(without: networks, context) ? own() : nil
  }

  private func conflicts(_ rules: [any AddressConflictRule.Type], _ context: EvaluationContext) -> AddressSet {
    let facts = context.facts
    return rules.reduce(AddressSet()) { $0.union($1.conflicts(with: self, in: facts)) }
  }

  private func leavesEnough(without networks: [IPv4Prefix], _ context: EvaluationContext) -> Bool {
    var left = usable
    left.subtract(networks)
    left.subtract(kept)
    let need = max(AddressRequirement(of: context.facts, choice: context.options.sizing).total, 1)
    return left.count >= need && !networks.contains { $0.contains(range) }
  }

  /// The fewest networks that exclude these addresses. They may include the range's first and last address, which no pod
  /// gets, and the addresses next to the excluded ones, mostly the ends of a subnet. They do not include what is excluded
  /// already.
  private func exclusions(of addresses: AddressSet, beside others: [IPv4Prefix] = []) -> [IPv4Prefix] {
    let neighbours = addresses.intervals.flatMap { interval in
      [interval.first.rawValue &- 1, interval.last.rawValue &+ 1].map(IPv4Address.init(rawValue:))
    }
    var spare = AddressSet(neighbours.filter(range.contains) + [range.first, range.last])
    spare.subtract(exclusions + others)
    var addresses = addresses
    addresses.subtract(others)
    return addresses.networks(allowing: spare)
  }
}
