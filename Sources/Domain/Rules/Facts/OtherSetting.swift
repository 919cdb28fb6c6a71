internal import JSON

/// The network of another setting, as Harvester reads it.
package enum OtherSetting: Sendable, Equatable {
  case none
  /// rwx-network uses the storage network.
  case sharesStorageNetwork
  case network(OtherSettingNetwork)
  case unreadable(UnreadableSetting)
}

/// A setting whose network is needed and invalid.
package struct UnreadableSetting: Sendable, Equatable {
  package let name: String
  /// The reason, as a clause.
  package let problem: String
  /// Whether Harvester also rejects disabling the storage network, for which it parses the text but no address.
  package let blocksDisabling: Bool

  package init(name: String, problem: String, blocksDisabling: Bool) {
    self.name = name
    self.problem = problem
    self.blocksDisabling = blocksDisabling
  }
}

extension OtherSetting {
  /// Parses vm-migration-network, whose text has the format of the storage network's.
  package static func vmMigrationNetwork(_ text: [UInt8]) -> OtherSetting {
    let name = "vm-migration-network"
    do throws(JSONError) {
      return try network(text, of: name)
    } catch {
      return unreadable(name, error, in: text)
    }
  }

  /// Parses rwx-network: `{"share-storage-network":false,"network":{…}}`.
  package static func rwxNetwork(_ text: [UInt8]) -> OtherSetting {
    let name = "rwx-network"
    do throws(JSONError) {
      let value = try JSONValue(parsing: text)
      switch value.kind {
      case .null: return .none
      case .object: break
      default: return unreadable(name, "is no JSON object")
      }
      switch value["share-storage-network"] {
      case .bool(true)?: return .sharesStorageNetwork
      case .bool(false)?, .null?, nil: break
      default: return unreadable(name, "has a share-storage-network that is neither true nor false")
      }
      guard let network = try member("network", of: text) else { return .none }
      return try Self.network(network, of: name)
    } catch {
      return unreadable(name, error, in: text)
    }
  }

  /// Returns the text of the last member of this name; nil if it is missing or null.
  private static func member(_ name: String, of object: [UInt8]) throws(JSONError) -> [UInt8]? {
    var written: [UInt8]?
    var reader = JSONReader(object.span)
    try reader.readMembers { key, reader throws(JSONError) in
      guard key.string.isExactly(name) else { return }
      written = try reader.nextKind() == .null ? nil : Array(object[try reader.skip()])
    }
    return written
  }

  private static func network(_ text: [UInt8], of name: String) throws(JSONError) -> OtherSetting {
    switch try JSONValue(parsing: text).kind {
    case .null: return unreadable(name, "has no range", blocksDisabling: false)
    case .object: break
    default: return unreadable(name, "is no JSON object")
    }
    let network = try ProposedNetwork(text.span)
    if let key = network.keyOfWrongType { return unreadable(name, "has a value of the wrong type for \(key.name)") }
    let exclusions = network.exclusions.value ?? []
    if let exclusion = exclusions.first(where: { $0.cidr == nil }) {
      return unreadable(name, "excludes \(exclusion.text.quoted), which is no IPv4 network", blocksDisabling: false)
    }
    if let range = OtherSettingNetwork(setting: name, network) { return .network(range) }
    let range = network.range.value?.text ?? ""
    return unreadable(
      name, range.isEmpty ? "has no range" : "has the range \(range.quoted), which is no IPv4 network",
      blocksDisabling: false)
  }

  private static func unreadable(
    _ name: String, _ problem: String, blocksDisabling: Bool = true
  ) -> OtherSetting {
    .unreadable(UnreadableSetting(name: name, problem: problem, blocksDisabling: blocksDisabling))
  }

  private static func unreadable(_ name: String, _ error: JSONError, in text: [UInt8]) -> OtherSetting {
    let (line, column) = error.position(in: text.span)
    return unreadable(name, "is not JSON: \(error.explanation) (line \(line), column \(column))")
  }
}

extension ProposedNetwork {
  /// The first key whose value Go cannot decode into Harvester's type.
  fileprivate var keyOfWrongType: KnownKey? {
    if case .wrongType = vlan { return .vlan }
    if let vlan = vlan.value, !(0...Int(UInt16.max)).contains(vlan) { return .vlan }
    if case .wrongType = clusterNetwork { return .clusterNetwork }
    if case .wrongType = range { return .range }
    if case .wrongType = isExclusive { return .exclusiveVLAN }
    if case .wrongType = exclusions { return .exclude }
    return nil
  }
}
