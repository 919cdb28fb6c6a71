/// All rules, in the order in which their violations are reported.
///
/// Each list is evaluated only on a valid subject: without a range there is no message about its size. Every list with a
/// valid subject is evaluated, so that one response has all violations.
package enum RuleCatalog {
  static let deletion: [any Rule<Change>.Type] = [
    SettingIsNotDeleted.self
  ]

  /// Applies when annotations change in which Harvester records the value.
  static let annotations: [any Rule<Change>.Type] = [
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

  /// Applies when the cluster network exists and is not the management network.
  static let clusterNetwork: [any Rule<ResolvedClusterNetwork>.Type] = [
    ClusterNetworkCoversNodes.self,
    ClusterNetworkIsUp.self,
    MTUsAreEqual.self,
  ]

  /// Applies when the range is an IPv4 network.
  static let range: [any Rule<ProposedRange>.Type] = [
    RangeIsNotTooLarge.self,
    RangeIsUnicast.self,
    RangeIsPrivate.self,
    RangeIsNotReserved.self,
    ExclusionsAreWithinRange.self,
    ExclusionsAreDisjoint.self,
  ]

  /// Applies when the range and every exclusion are IPv4 networks, and none of them covers the range.
  static let addresses: [any Rule<AddressPlan>.Type] = [
    RangeIsLargeEnough.self,
    RangeHasHeadroom.self,
    RangeContainsNoNodeAddress.self,
    RangeContainsNoVirtualIP.self,
    RangeContainsNoHostAddress.self,
    UnselectedHostsAreExcluded.self,
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

  /// The rules of ``addresses`` by which the addresses must be excluded.
  static let refusedConflicts: [any AddressConflictRule.Type] = [
    RangeContainsNoNodeAddress.self,
    RangeContainsNoVirtualIP.self,
    RangeContainsNoHostAddress.self,
    NoOverlapWithOtherSettings.self,
    NoOverlapOnSameVLAN.self,
  ]

  /// Those by which they should be.
  static let warnedConflicts: [any AddressConflictRule.Type] = [
    UnselectedHostsAreExcluded.self,
    DHCPPoolsAreExcluded.self,
    GatewayIsExcluded.self,
    VMNetworkAddressesAreExcluded.self,
  ]

  /// Applies when Harvester would act on the change.
  static let preconditions: [any Rule<Change>.Type] = [
    OtherNetworksAreReadable.self,
    NoChangeInProgress.self,
    VirtualMachinesAreStopped.self,
    NoImageTransferInProgress.self,
    VolumesAreDetached.self,
  ]

  /// Applies in addition when the change enables or replaces a network.
  static let enabling: [any Rule<Change>.Type] = [
    WhereaboutsIsInstalled.self,
    LonghornIsSynced.self,
    NodesAreAvailable.self,
  ]

  /// Applies in addition when the change disables the storage network.
  static let disabling: [any Rule<Change>.Type] = [
    SharedNetworkIsNotDisabled.self
  ]
}

extension RuleCatalog {
  /// The names of the rules without whose success others are not evaluated.
  fileprivate static let gating: Set<String> = [
    ValueIsJSONObject.name, FieldTypesAreValid.name, ClusterNetworkIsSet.name, ClusterNetworkExists.name,
    RangeIsValidCIDR.name, ExclusionsAreValidCIDRs.name, ExclusionsAreWithinRange.name,
  ]
}

extension [Violation] {
  /// Whether other rules were not evaluated, so that correcting these may bring up more.
  package var mayHideOthers: Bool { contains { $0.kind != .forbidden && RuleCatalog.gating.contains($0.rule) } }
}

/// Evaluates changes of the setting.
package struct Ruleset: Sendable {
  private let options: RulesetOptions
  /// For rules that need no facts.
  private static let noCluster = SharedFacts(ClusterFacts())

  package init(options: RulesetOptions = RulesetOptions()) {
    self.options = options
  }

  /// Returns the verdict on a change.
  ///
  /// - Parameter cluster: Called at most once, and only if the change needs facts.
  /// - Throws: The error of `cluster`; the rules themselves throw none.
  package func evaluate<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> SharedFacts
  ) throws(Failure) -> Verdict {
    var findings = Findings()
    try evaluate(change, in: cluster, &findings)
    return findings.verdict
  }

  /// Returns the verdict with the result of every rule.
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
    let changesValue = change.changesValue && !change.restoresRecordedValue
    // Changes that Harvester makes at any time are allowed without facts. Its controller writes status and annotations by
    // ordinary updates, because the CRD has no status subresource, and creates the empty setting at start-up.
    guard altersAnnotations || changesValue || change.changesDefault else { return }

    let context = EvaluationContext(cluster: try cluster(), options: options)
    if altersAnnotations { findings.evaluate(RuleCatalog.annotations, about: change, context) }
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
