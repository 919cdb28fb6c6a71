package import JSON
package import Rules

extension JSONReader {
  /// Reads a Harvester `Setting` (harvesterhci.io/v1beta1); without a value its text is empty.
  package mutating func readSetting() throws(JSONError) -> SettingObject {
    var setting = SettingObject()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        try reader.readMetadata(of: &setting)
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

  /// Reads the name, the version and Harvester's annotations. A dictionary would cost a review more than all the rest.
  private mutating func readMetadata(of setting: inout SettingObject) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("name") {
        setting.name = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("resourceVersion") {
        setting.resourceVersion = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("annotations") {
        setting.hasAnnotations = try reader.nextKind() == .object
        setting.annotations = try reader.readAnnotations()
      }
    }
  }

  private mutating func readAnnotations() throws(JSONError) -> SettingAnnotations? {
    var hash: String?
    var definition: String?
    var previousDefinition: String?
    try readMembers { key, reader throws(JSONError) in
      if key.equals("storage-network.settings.harvesterhci.io/hash") {
        hash = try reader.readStringIfPresent()?.string
      } else if key.equals("storage-network.settings.harvesterhci.io/net-attach-def") {
        definition = try reader.readStringIfPresent()?.string
      } else if key.equals("storage-network.settings.harvesterhci.io/old-net-attach-def") {
        previousDefinition = try reader.readStringIfPresent()?.string
      }
    }
    if hash == nil, definition == nil, previousDefinition == nil { return nil }
    return SettingAnnotations(hash: hash, definition: definition, previousDefinition: previousDefinition)
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
        ConfiguredCondition(
          status: $0.status, reason: $0.reason, message: $0.message, lastUpdateTime: $0.lastUpdateTime, index: $1)
      }
    }
    return configured
  }
}
