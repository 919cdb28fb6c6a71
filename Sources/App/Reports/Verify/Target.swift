package import Addressing
package import Rules

/// Where the setting wants Longhorn's traffic to be.
package enum Target: Sendable, Equatable {
  package struct Network: Sendable, Equatable {
    package let range: IPv4Prefix
    /// What Whereabouts may hand out of it.
    package let usable: AddressSet
    /// `NAMESPACE/NAME` of the definition that Harvester made for it; empty while it has made none.
    package let definition: String
  }

  case network(Network)
  /// On the cluster's own network, as without the setting.
  case switchedOff
  /// The setting holds a text that says no network.
  case unreadable

  package init(of setting: SettingObject) {
    guard !setting.value.isBlank else {
      self = .switchedOff
      return
    }
    guard case .text(let text) = setting.value,
      let network = OtherSettingNetwork(setting: "storage-network", text: text)
    else {
      self = .unreadable
      return
    }
    self = .network(
      Network(range: network.range, usable: network.usable, definition: setting.annotations?.network ?? ""))
  }

  /// What Longhorn's own setting has to say.
  var definition: String {
    guard case .network(let network) = self else { return "" }
    return network.definition
  }
}
