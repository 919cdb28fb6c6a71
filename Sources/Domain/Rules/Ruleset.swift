/// The whole law, in the order in which an operator reads its reasons.
///
/// Each list has a subject, and a list is asked only about a subject that is sound: nothing is said about the size of a
/// range that is none. Everything that can be asked is asked, so that one answer tells every reason.
package enum Law {
  static let ofRemoval: [any Rule<Change>.Type] = [
    SettingIsKept.self
  ]

  static let ofText: [any Rule<Proposal>.Type] = [
    TextIsJSONObject.self
  ]

  static let ofEntries: [any Rule<Entries>.Type] = [
    KeysAreDistinct.self,
    KeysAreSpelledExactly.self,
    KeysAreKnown.self,
    EntriesHaveTheirTypes.self,
    VLANIsInRange.self,
    ExclusiveVLANIsTagged.self,
    ExclusiveVLANIsUnused.self,
    ClusterNetworkIsNamed.self,
    ClusterNetworkExists.self,
    RangeIsNetwork.self,
    ExclusionsAreNetworks.self,
  ]

  /// Asked when the cluster network exists and is not the management network.
  static let ofCarrier: [any Rule<Carrier>.Type] = [
    ClusterNetworkReachesNodes.self,
    ClusterNetworkIsUp.self,
  ]

  /// Asked when the range is an IPv4 network.
  static let ofRange: [any Rule<ProposedRange>.Type] = [
    RangeIsNotTooWide.self,
    RangeIsUnicast.self,
    RangeIsPrivate.self,
    RangeIsNotReserved.self,
    ExclusionsLieInRange.self,
    ExclusionsAreDisjoint.self,
  ]

  /// Asked when the range and every exclusion are IPv4 networks, and none of them covers the range.
  static let ofAddresses: [any Rule<AddressPlan>.Type] = [
    RangeHoldsEveryAddress.self,
    HeadroomIsComfortable.self,
    RangeHoldsNoNode.self,
    NeighboursKeepTheirAddresses.self,
    AddressesAreHandedOutOnce.self,
    AddressesAreFree.self,
    GatewayIsExcluded.self,
    VLANHasOneNetwork.self,
  ]

  /// Asked when Harvester would act on the change.
  static let ofMoment: [any Rule<Change>.Type] = [
    PreviousChangeIsDone.self,
    VirtualMachinesAreOff.self,
    ImagesAreAtRest.self,
    VolumesAreDetached.self,
  ]

  /// Asked besides when a network, the first one or another one, takes effect.
  static let ofEnabling: [any Rule<Change>.Type] = [
    WhereaboutsIsInstalled.self,
    LonghornHasFollowed.self,
  ]

  /// Asked besides when the storage network is switched off.
  static let ofDisabling: [any Rule<Change>.Type] = [
    SharedNetworkIsKept.self
  ]
}

/// Judges changes of the setting.
package struct Ruleset: Sendable {
  private let options: RulesetOptions
  /// For the articles that look at no cluster.
  private static let noCluster = KnownCluster(ClusterFacts())

  package init(options: RulesetOptions = RulesetOptions()) {
    self.options = options
  }

  /// The verdict on one change in one cluster at one moment.
  ///
  /// - Parameter cluster: Taken only when the change needs it, and once.
  /// - Throws: What taking the cluster throws; the rules themselves always come to a verdict.
  package func judge<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> KnownCluster
  ) throws(Failure) -> Verdict {
    var findings = Findings()
    try judge(change, in: cluster, &findings)
    return findings.verdict
  }

  /// The verdict with what every article of the law says, for somebody who wants to see the whole list.
  package func checklist(of change: Change, in cluster: KnownCluster) -> Checklist {
    var findings = Findings(notesRules: true)
    judge(change, in: { cluster }, &findings)
    return Checklist(findings)
  }

  private func judge<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> KnownCluster, _ findings: inout Findings
  ) throws(Failure) {
    if change.operation == .delete {
      findings.ask(Law.ofRemoval, about: change, World(cluster: Self.noCluster, options: options))
      return
    }
    if change.touchesNeitherText { return }

    let world = World(cluster: try cluster(), options: options)
    if let proposal = change.proposal(in: .value) { judge(proposal, world, &findings) }
    if let proposal = change.proposal(in: .default) { judge(proposal, world, &findings) }
    if change.takesEffect {
      findings.ask(Law.ofMoment, about: change, world)
      findings.ask(change.enables ? Law.ofEnabling : Law.ofDisabling, about: change, world)
    }
  }

  private func judge(_ proposal: Proposal, _ world: World, _ findings: inout Findings) {
    findings.ask(Law.ofText, about: proposal, world)
    guard case .network(let network) = proposal.reading else { return }

    let entries = Entries(field: proposal.field, network: network)
    findings.ask(Law.ofEntries, about: entries, world)
    if let carrier = Carrier(entries, in: world.facts) {
      findings.ask(Law.ofCarrier, about: carrier, world)
    }
    guard let range = ProposedRange(entries) else { return }

    findings.ask(Law.ofRange, about: range, world)
    guard let plan = AddressPlan(range) else { return }

    findings.ask(Law.ofAddresses, about: plan, world)
  }
}
