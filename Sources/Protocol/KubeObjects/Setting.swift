package import JSON
package import Rules

/// How much to read of a setting's metadata, which is the longest part of it.
package enum SettingMetadata: Sendable {
  /// Nothing: a review that names its object needs nothing of it.
  case skipped
  case nameOnly
  /// What Harvester has noted in the annotations too.
  case withAnnotations
}

extension JSONReader {
  /// Reads a Harvester `Setting` (harvesterhci.io/v1beta1); one without a value has the empty text.
  package mutating func readSetting(
    with metadata: SettingMetadata = .skipped
  ) throws(JSONError) -> SettingObject {
    var setting = SettingObject()
    try readMembers { key, reader throws(JSONError) in
      if metadata != .skipped, key.equals("metadata") {
        let written = try reader.readMetadata()
        setting.name = written.name
        if metadata == .withAnnotations { setting.annotations = SettingAnnotations(written.annotations) }
      } else if key.equals("value") {
        setting.value = try reader.readSettingText()
        setting.hasValue = true
      } else if key.equals("default") {
        setting.default = try reader.readSettingText()
      } else if key.equals("status") {
        setting.configured = try reader.readConfiguredCondition()
      }
    }
    return setting
  }

  private mutating func readSettingText() throws(JSONError) -> SettingText {
    switch try nextKind() {
    case .string: return .text(try readString().unescaped)
    case .null:
      try readNull()
      return .text([])
    default:
      try skip()
      return .notString
    }
  }

  private mutating func readConfiguredCondition() throws(JSONError) -> ConfiguredCondition? {
    var configured: ConfiguredCondition?
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("conditions") else { return }
      configured = try reader.readCondition(ofType: "configured").map {
        ConfiguredCondition(status: $0.status, reason: $0.reason, message: $0.message)
      }
    }
    return configured
  }
}

extension SettingAnnotations {
  fileprivate convenience init(_ annotations: [String: String]) {
    self.init(
      hash: annotations["storage-network.settings.harvesterhci.io/hash"] ?? "",
      network: annotations["storage-network.settings.harvesterhci.io/net-attach-def"] ?? "",
      previousNetwork: annotations["storage-network.settings.harvesterhci.io/old-net-attach-def"] ?? "")
  }
}
