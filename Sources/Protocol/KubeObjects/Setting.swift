package import JSON
package import Rules

extension JSONReader {
  /// Reads a Harvester `Setting` (harvesterhci.io/v1beta1); one without a value has the empty text.
  ///
  /// - Parameter withNotes: Whether to read what Harvester has noted in the annotations, which no review needs.
  package mutating func readSetting(withNotes: Bool = false) throws(JSONError) -> SettingObject {
    var setting = SettingObject()
    setting.hasValue = false
    try readMembers { key, reader throws(JSONError) in
      if withNotes, key.equals("metadata") {
        let metadata = try reader.readMetadata()
        setting.name = metadata.name
        setting.notes = SettingNotes(metadata.annotations)
      } else if key.equals("metadata") {
        setting.name = try reader.readName()
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

  /// Of the metadata, which may be long, the name alone.
  private mutating func readName() throws(JSONError) -> String {
    var name = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("name") { name = try reader.readStringIfAny()?.string ?? "" }
    }
    return name
  }

  private mutating func readSettingText() throws(JSONError) -> SettingText {
    switch try nextKind() {
    case .string: return .text(try readString().unescaped)
    case .null:
      try readNull()
      return .text([])
    default:
      try skip()
      return .notText
    }
  }

  private mutating func readConfiguredCondition() throws(JSONError) -> ConfiguredCondition? {
    var configured: ConfiguredCondition?
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("conditions") else { return }
      configured = try reader.readConditions().first { $0.type == "configured" }.map {
        ConfiguredCondition(status: $0.status, reason: $0.reason, message: $0.message)
      }
    }
    return configured
  }
}

extension SettingNotes {
  fileprivate init(_ annotations: [String: String]) {
    self.init()
    hash = annotations["storage-network.settings.harvesterhci.io/hash"] ?? ""
    network = annotations["storage-network.settings.harvesterhci.io/net-attach-def"] ?? ""
    formerNetwork = annotations["storage-network.settings.harvesterhci.io/old-net-attach-def"] ?? ""
  }
}
