package import Addressing
internal import JSON

/// The network of another Harvester setting, such as vm-migration-network, with its usable addresses.
package struct OtherSettingNetwork: Sendable, Equatable {
  /// The setting's name.
  package let setting: String
  package let range: IPv4Prefix
  package let usable: AddressSet
  /// Nil if the cluster network or the VLAN is invalid.
  package let segment: VLANSegment?

  /// Parses a text of the same format as the storage network's.
  ///
  /// Nil without a valid range. Exclusions are read as Harvester reads them: host bits exclude their whole network.
  package init?(setting: String, text: [UInt8]) {
    guard let network = try? ProposedNetwork(text.span) else { return nil }
    self.init(setting: setting, network)
  }

  init?(setting: String, _ network: ProposedNetwork) {
    guard let range = network.range.value?.cidr?.network else { return nil }
    self.setting = setting
    self.range = range
    var usable = AddressSet(usableIn: range)
    usable.subtract((network.exclusions.value ?? []).compactMap { $0.cidr?.network })
    self.usable = usable
    segment = network.segment
  }
}
