/// The whole law, in the order in which an operator reads its reasons.
///
/// Each list has a subject, and a list is asked only about a subject that is sound: nothing is said about the size of a
/// range that is none. Everything that can be asked is asked, so that one answer tells every reason.
package enum RuleCatalog {
  static let deletion: [any Rule<Change>.Type] = [
    SettingIsNotDeleted.self
  ]

  /// Asked when annotations change that Harvester keeps for the stored value.
  static let ofAnnotations: [any Rule<Change>.Type] = [
    AnnotationsAreKept.self
  ]

  static let parsing: [any Rule<ParsedSetting>.Type] = [
    ValueIsJSONObject.self
  ]

  static let fields: [any Rule<ProposedFields>.Type] = [
    KeysAreUnique.self,
    KeyCaseIsExact.self,
    KeysAreKnown.self,
    FieldTypesAreValid.self,
    VLANIsInRange.self,
    UntaggedNetworkIsSupported.self,
    ExclusiveVLANIsSupported.self,
    ExclusiveVLANIsTagged.self,
    ExclusiveVLANIsUnused.self,
    ClusterNetworkIsSet.self,
    ClusterNetworkExists.self,
    ManagementNetworkIsSupported.self,
    RangeIsValidCIDR.self,
    ExclusionsAreValidCIDRs.self,
  ]

  /// Asked when the cluster network exists and is not the management network.
  static let clusterNetwork: [any Rule<ResolvedClusterNetwork>.Type] = [
    ClusterNetworkCoversNodes.self,
    ClusterNetworkIsUp.self,
    MTUsAreEqual.self,
  ]

  /// Asked when the range is an IPv4 network.
  static let range: [any Rule<ProposedRange>.Type] = [
    RangeIsNotTooLarge.self,
    RangeIsUnicast.self,
    RangeIsPrivate.self,
    RangeIsNotReserved.self,
    ExclusionsAreWithinRange.self,
    ExclusionsAreDisjoint.self,
  ]

  /// Asked when the range and every exclusion are IPv4 networks, and none of them covers the range.
  static let addresses: [any Rule<AddressPlan>.Type] = [
    RangeIsLargeEnough.self,
    RangeHasHeadroom.self,
    RangeContainsNoNodeAddress.self,
    RangeHoldsNoVirtualIP.self,
    RangeHoldsNoHostAddress.self,
    HostLeasesAreExcluded.self,
    NoOverlapWithOtherSettings.self,
    NoOverlapOnSameVLAN.self,
    AddressesAreNotShared.self,
    RangeHasNoReservations.self,
    DHCPPoolsAreExcluded.self,
    GatewayIsExcluded.self,
    VMNetworkAddressesAreExcluded.self,
    RangeIsWholeSubnet.self,
    VLANHasOneSubnet.self,
  ]

  /// Asked when Harvester would act on the change.
  static let preconditions: [any Rule<Change>.Type] = [
    OtherNetworksAreReadable.self,
    NoChangeInProgress.self,
    VirtualMachinesAreStopped.self,
    NoImageTransferInProgress.self,
    VolumesAreDetached.self,
  ]

  /// Asked besides when a network, the first one or another one, takes effect.
  static let enabling: [any Rule<Change>.Type] = [
    WhereaboutsIsInstalled.self,
    LonghornIsSynced.self,
    NodesAreAvailable.self,
  ]

  /// Asked besides when the storage network is switched off.
  static let disabling: [any Rule<Change>.Type] = [
    SharedNetworkIsNotDisabled.self
  ]
}

extension [Violation] {
  /// Whether some rules could not be asked, so that more reasons may follow once these are gone.
  package var hideOthers: Bool {
    let preconditions = [
      ValueIsJSONObject.name, FieldTypesAreValid.name, ClusterNetworkIsSet.name, ClusterNetworkExists.name,
      RangeIsValidCIDR.name, ExclusionsAreValidCIDRs.name, ExclusionsAreWithinRange.name,
    ]
    return contains { $0.kind != .forbidden && preconditions.contains($0.rule) }
  }
}

/// Judges changes of the setting.
package struct Ruleset: Sendable {
  private let options: RulesetOptions
  /// For the articles that look at no cluster.
  private static let noCluster = SharedFacts(ClusterFacts())

  package init(options: RulesetOptions = RulesetOptions()) {
    self.options = options
  }

  /// The verdict on one change in one cluster at one moment.
  ///
  /// - Parameter cluster: Taken only when the change needs it, and once.
  /// - Throws: What taking the cluster throws; the rules themselves always come to a verdict.
  package func evaluate<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> SharedFacts
  ) throws(Failure) -> Verdict {
    var findings = Findings()
    try evaluate(change, in: cluster, &findings)
    return findings.verdict
  }

  /// The verdict with what every article of the law says, for somebody who wants to see the whole list.
  package func checklist(of change: Change, in cluster: SharedFacts) -> Checklist {
    var findings = Findings(recordsEvaluatedRules: true)
    evaluate(change, in: { cluster }, &findings)
    return Checklist(findings)
  }

  private func evaluate<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> SharedFacts, _ findings: inout Findings
  ) throws(Failure) {
    if change.operation == .delete {
      findings.evaluate(
        RuleCatalog.deletion, about: change, EvaluationContext(cluster: Self.noCluster, options: options))
      return
    }
    let altersAnnotations = change.altersAnnotations
    let changesValue = change.changesValue && !change.returnsToNotedValue
    // Changes that Harvester has to make at any time are allowed without a look at the cluster. Its controller writes
    // status and annotations by ordinary updates, because the CRD has no status subresource, and it creates the empty
    // setting at start-up.
    guard altersAnnotations || changesValue || change.changesDefault else { return }

    let context = EvaluationContext(cluster: try cluster(), options: options)
    if altersAnnotations { findings.evaluate(RuleCatalog.ofAnnotations, about: change, context) }
    if changesValue, let proposal = change.proposal(in: .value) { evaluate(proposal, context, &findings) }
    if let proposal = change.proposal(in: .default) { evaluate(proposal, context, &findings) }
    if changesValue, !(change.new.value.isBlank && change.old.value.isBlank) {
      findings.evaluate(RuleCatalog.preconditions, about: change, context)
      findings.evaluate(change.enables ? RuleCatalog.enabling : RuleCatalog.disabling, about: change, context)
    }
    findings.markOnlyBlocker()
  }

  private func evaluate(_ proposal: ParsedSetting, _ context: EvaluationContext, _ findings: inout Findings) {
    findings.evaluate(RuleCatalog.parsing, about: proposal, context)
    guard case .network(let network) = proposal.reading else { return }

    let fields = ProposedFields(field: proposal.field, network: network)
    findings.evaluate(RuleCatalog.fields, about: fields, context)
    if let resolved = ResolvedClusterNetwork(fields, in: context.facts) {
      findings.evaluate(RuleCatalog.clusterNetwork, about: resolved, context)
    }
    guard let range = ProposedRange(fields) else { return }

    findings.evaluate(RuleCatalog.range, about: range, context)
    guard let plan = AddressPlan(range, in: context.facts) else { return }

    findings.evaluate(RuleCatalog.addresses, about: plan, context)
  }
}
