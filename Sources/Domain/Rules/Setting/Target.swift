package import Addressing

/// The network for Longhorn's traffic according to the setting.
package enum Target: Sendable, Equatable {
  package struct Network: Sendable, Equatable {
    package let range: IPv4Prefix
    /// The addresses that Whereabouts may hand out.
    package let usable: AddressSet
    /// Nil if the value does not contain a valid cluster network and VLAN.
    package let segment: VLANSegment?
    /// `NAMESPACE/NAME` of the definition that Harvester made for it; empty while there is none.
    package let definition: String
  }

  case network(Network)
  /// The cluster's own network, as without the setting.
  case disabled
  /// The setting's text does not describe a network.
  case unreadable

  package init(of setting: SettingObject) {
    // Harvester's controller reads the value alone; it never uses the default.
    guard !setting.value.isBlank else {
      self = .disabled
      return
    }
    guard case .text(let text) = setting.value,
      let network = OtherSettingNetwork(setting: "storage-network", text: text)
    else {
      self = .unreadable
      return
    }
    self = .network(
      Network(
        range: network.range, usable: network.usable, segment: network.segment,
        definition: setting.annotations?.definition ?? ""))
  }

  /// False while the storage network has no definition that a pod could be attached to.
  package var isDefined: Bool {
    switch self {
    case .network(let network): !network.definition.isEmpty
    case .disabled: true
    case .unreadable: false
    }
  }

  /// The expected value of Longhorn's own setting.
  package var definition: String {
    guard case .network(let network) = self else { return "" }
    return network.definition
  }
}

extension Target {
  /// The target without its definition until Harvester has recorded the value: the setting still names that of an earlier one.
  package func recorded(by progress: HarvesterProgress) -> Target {
    guard case .network(let network) = self, !progress.hasRecordedValue else { return self }
    return .network(Network(range: network.range, usable: network.usable, segment: network.segment, definition: ""))
  }
}
