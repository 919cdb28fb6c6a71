/// All rules, in the order in which their violations are reported.
///
/// Each group is evaluated only on a valid subject: without a range there is no message about its size. Every group with a
/// valid subject is evaluated, so that one response has all violations.
package enum RuleCatalog {
  static let deletion = RuleGroup<Change>(
    "Deletion", applies: "when the setting is deleted",
    [
      SettingIsNotDeleted.self
    ])

  static let annotations = RuleGroup<Change>(
    "Annotations", applies: "when annotations change in which Harvester records the value",
    [
      AnnotationsAreKept.self
    ])

  static let parsing = RuleGroup<ParsedSetting>(
    "JSON", applies: "when value or default changes and is not empty",
    [
      ValueIsJSONObject.self
    ])

  static let fields = RuleGroup<ProposedFields>(
    "Fields", applies: "when the text is a JSON object",
    [
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
    ])

  static let clusterNetwork = RuleGroup<ResolvedClusterNetwork>(
    "Cluster network", applies: "when the cluster network exists and is not mgmt",
    [
      ClusterNetworkCoversNodes.self,
      ClusterNetworkIsUp.self,
      MTUsAreEqual.self,
    ])

  static let range = RuleGroup<ProposedRange>(
    "Range", applies: "when the range is an IPv4 network",
    [
      RangeIsNotTooLarge.self,
      RangeIsUnicast.self,
      RangeIsPrivate.self,
      RangeIsNotReserved.self,
      ExclusionsAreWithinRange.self,
      ExclusionsAreDisjoint.self,
    ])

  static let addresses = RuleGroup<AddressPlan>(
    "Addresses", applies: "when the range and the exclusions are IPv4 networks and leave addresses",
    [
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
    ])

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

  static let preconditions = RuleGroup<Change>(
    "Cluster state", applies: "when Harvester would act on the change",
    [
      OtherNetworksAreReadable.self,
      NoChangeInProgress.self,
      VirtualMachinesAreStopped.self,
      NoImageTransferInProgress.self,
      VolumesAreDetached.self,
    ])

  static let enabling = RuleGroup<Change>(
    "Enabling", applies: "when the change enables or replaces a network",
    [
      WhereaboutsIsInstalled.self,
      LonghornIsSynced.self,
      NodesAreAvailable.self,
    ])

  static let disabling = RuleGroup<Change>(
    "Disabling", applies: "when the change disables the storage network",
    [
      SharedNetworkIsNotDisabled.self
    ])
}

extension RuleCatalog {
  /// All groups in evaluation order.
  package static let groups = [
    deletion.info, annotations.info, parsing.info, fields.info, clusterNetwork.info, range.info, addresses.info,
    preconditions.info, enabling.info, disabling.info,
  ]

  /// All rules in evaluation order.
  package static var rules: [RuleInfo] { groups.flatMap(\.rules) }

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
