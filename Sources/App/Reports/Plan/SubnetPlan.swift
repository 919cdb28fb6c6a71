package import Addressing
package import JSON
internal import Rules

/// The subnet and the fewest exclusions that leave exactly the addresses from one to another.
package struct SubnetPlan: Sendable, Equatable {
  package let first: IPv4Address
  package let last: IPv4Address
  package let subnet: IPv4Prefix
  package let exclusions: [IPv4Prefix]

  /// - Parameter subnet: The subnet that the addresses are in; nil for the smallest.
  /// - Returns: Nil if the subnet has not all of them as usable addresses, or none that is allowed has.
  package init?(from first: IPv4Address, to last: IPv4Address, in subnet: IPv4Prefix? = nil) {
    guard first <= last else { return nil }
    let wanted = AddressSet(AddressInterval(first, last))
    let lengths = subnet.map { $0.length...$0.length } ?? widestPrefixLength...30
    let candidates = lengths.reversed().lazy.map { IPv4Prefix(containing: first, length: $0) }
    let fitting = candidates.first { candidate in
      (subnet == nil || candidate == subnet) && wanted.intersection(AddressSet(usableIn: candidate)) == wanted
    }
    guard let fitting else { return nil }
    var others = AddressSet(usableIn: fitting)
    others.subtract(wanted)
    self.first = first
    self.last = last
    self.subnet = fitting
    // The first and the last address are never handed out, so that an exclusion may have them or not.
    exclusions = others.networks(allowing: AddressSet([fitting.first, fitting.last]))
  }

  var count: Int { AddressInterval(first, last).count }

  /// The members of the setting's value.
  private var value: String {
    let list = exclusions.map { "\"\($0)\"" }.joined(separator: ",")
    return "\"range\":\"\(subnet)\"" + (exclusions.isEmpty ? "" : ",\"exclude\":[\(list)]")
  }
}

extension SubnetPlan: Report {
  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    styledText.add(
      TextRun("\(subnet)", .bold),
      TextRun(
        " with \(exclusions.count.counted("exclusion")) leaves exactly \(first) to \(last), \(count.counted("address"))"
      ),
      hangingIndent: 2)
    styledText.addBlank()
    styledText.add("  \(value)", hangingIndent: 4)
    return styledText
  }

  // docs/cli.md documents the members.
  package var members: [JSONMember] {
    [
      JSONMember("range", subnet.description), JSONMember("exclude", exclusions.map(\.description)),
      JSONMember("first", first.description), JSONMember("last", last.description), JSONMember("usable", count),
    ]
  }
}
