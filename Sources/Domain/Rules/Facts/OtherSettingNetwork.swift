package import Addressing
internal import JSON

/// The network of another Harvester setting, such as vm-migration-network, with the addresses it may use.
package struct OtherSettingNetwork: Sendable, Equatable {
  /// The setting's name.
  package let setting: String
  package let range: IPv4Prefix
  package let usable: AddressSet

  /// Reads a text of the same shape as the storage network's.
  ///
  /// Nil where the text has no range that could be read: then the setting has no network. Its exclusions are read as
  /// Harvester reads them, so that host bits exclude their whole network.
  package init?(setting: String, text: [UInt8]) {
    guard let network = try? ProposedNetwork(text.span), let range = network.range.value?.cidr?.network else {
      return nil
    }
    self.setting = setting
    self.range = range
    var usable = AddressSet(usableIn: range)
    usable.subtract((network.exclusions.value ?? []).compactMap { $0.cidr?.network })
    self.usable = usable
  }
}

/// What the setting rwx-network says: `{"share-storage-network":false,"network":{…}}`.
package enum RWXNetwork: Sendable, Equatable {
  /// It has no network, or one that cannot be read.
  case none
  case sharesStorageNetwork
  case dedicated(OtherSettingNetwork)

  package init(text: [UInt8]) {
    self = (try? Self.read(text)) ?? .none
  }

  private static func read(_ text: [UInt8]) throws(JSONError) -> RWXNetwork {
    var shares = false
    var network: OtherSettingNetwork?
    var reader = JSONReader(text.span)
    try reader.readMembers { key, reader throws(JSONError) in
      if key.equals("share-storage-network") {
        shares = try reader.readBoolIfPresent() ?? false
      } else if key.equals("network") {
        network = OtherSettingNetwork(setting: "rwx-network", text: Array(text[try reader.skip()]))
      }
    }
    try reader.readEnd()
    return shares ? .sharesStorageNetwork : network.map(Self.dedicated) ?? .none
  }
}
