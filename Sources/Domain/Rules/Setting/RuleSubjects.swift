internal import Addressing
internal import JSON

/// The fields of a proposed network; each may still be invalid.
struct ProposedFields {
  let field: SettingField
  let network: ProposedNetwork

  /// The path of a field, such as `value.range`.
  func path(_ key: KnownKey) -> String { "\(field.rawValue).\(key.name)" }

  func path(exclusion index: Int) -> String { "\(path(.exclude))[\(index)]" }
}

/// A proposed network on a cluster network that exists. The management network is excluded: it reaches every node.
struct ResolvedClusterNetwork {
  let fields: ProposedFields
  let clusterNetwork: ClusterNetworkFact

  init?(_ fields: ProposedFields, in facts: borrowing ClusterFacts) {
    guard let name = fields.network.clusterNetwork.value, !name.isExactly(managementNetwork),
      let network = facts.clusterNetworks.first(where: { $0.name.isExactly(name) })
    else { return nil }
    self.fields = fields
    clusterNetwork = network
  }
}

/// A proposed network whose range is an IPv4 network; its exclusions may still be invalid.
struct ProposedRange {
  let fields: ProposedFields
  let range: IPv4Prefix
  let exclusions: [CIDRField]

  init?(_ fields: ProposedFields) {
    guard let range = fields.network.range.value?.network else { return nil }
    self.fields = fields
    self.range = range
    exclusions = fields.network.exclusions.value ?? []
  }

  /// The same network with another range and other exclusions.
  init(_ fields: ProposedFields, range: IPv4Prefix, exclusions: [CIDRField]) {
    self.fields = fields
    self.range = range
    self.exclusions = exclusions
  }
}

/// A proposed network whose range and exclusions are IPv4 networks, none of which covers the range.
struct AddressPlan {
  let fields: ProposedFields
  let range: IPv4Prefix
  let exclusions: [IPv4Prefix]
  /// The addresses that Whereabouts may allocate: the range without its first and last address and the exclusions.
  let usable: AddressSet
  /// The same as ``RangeUsage/kept``.
  let kept: AddressSet

  /// The number of addresses for Longhorn's pods, which every rule, `check` and `plan` use.
  var available: Int { usable.count - kept.count }

  init?(_ proposed: ProposedRange, in facts: borrowing ClusterFacts) {
    if case .wrongType = proposed.fields.network.exclusions { return nil }
    let exclusions = proposed.exclusions.compactMap(\.network)
    guard exclusions.count == proposed.exclusions.count,
      !exclusions.contains(where: { $0.contains(proposed.range) })
    else { return nil }
    self.init(proposed, excluding: exclusions, in: facts)
  }

  init(_ proposed: ProposedRange, excluding exclusions: [IPv4Prefix], in facts: borrowing ClusterFacts) {
    fields = proposed.fields
    range = proposed.range
    self.exclusions = exclusions
    var usable = AddressSet(usableIn: proposed.range)
    usable.subtract(exclusions)
    self.usable = usable
    kept = facts.reservations.kept.isEmpty ? AddressSet() : usable.intersection(facts.reservations.kept)
  }
}

extension ProposedRange {
  /// The range as a message quotes it.
  var written: String { range.description.quoted }
}

extension AddressPlan {
  /// The range as a message quotes it.
  var written: String { range.description.quoted }

  var segment: VLANSegment? { fields.network.segment }
}
