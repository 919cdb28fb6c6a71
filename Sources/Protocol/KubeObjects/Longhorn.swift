package import JSON
package import Rules

extension JSONReader {
  /// Reads a Longhorn `Node` (longhorn.io/v1beta2) for its number of disks.
  package mutating func readLonghornNode() throws(JSONError) -> LonghornNodeFact {
    var node = LonghornNodeFact(name: "", disks: 0)
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        node.name = try reader.readMetadata().name
      } else if key.equals("spec") {
        node.disks = try reader.countDisks()
      }
    }
    return node
  }

  private mutating func countDisks() throws(JSONError) -> Int {
    var disks = 0
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("disks") else { return }
      try reader.readMembers { _, _ in disks += 1 }
    }
    return disks
  }

  /// Reads a Longhorn `BackingImageDataSource` (longhorn.io/v1beta2); nil after its transfer has succeeded or failed.
  package mutating func readUnfinishedDataSource() throws(JSONError) -> DataSourceFact? {
    var metadata = Metadata()
    var isTransferred = false
    var state = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("fileTransferred") { isTransferred = try reader.readBoolIfPresent() ?? false }
        }
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("currentState") { state = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    let unfinished = ["", "pending", "starting", "ready-for-transfer", "in-progress"]
    guard !isTransferred, unfinished.contains(state) else { return nil }
    return DataSourceFact(namespace: metadata.namespace, name: metadata.name, state: state)
  }

  /// Reads Longhorn's own `Setting` (longhorn.io/v1beta2).
  package mutating func readLonghornSetting() throws(JSONError) -> LonghornSetting {
    var setting = LonghornSetting()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("value") {
        setting.value = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("applied") { setting.isApplied = try reader.readBoolIfPresent() }
        }
      }
    }
    return setting
  }
}

/// A setting of Longhorn, which shares only its kind's name with Harvester's.
package struct LonghornSetting: Sendable, Equatable {
  package var value = ""
  /// Nil before Longhorn 1.6, which does not report it.
  package var isApplied: Bool?

  package init() {}

  /// Whether the value of a switch is on, in one of the spellings that Go's `strconv.ParseBool` accepts.
  package var isTrue: Bool { ["1", "t", "T", "true", "TRUE", "True"].contains(value) }
}
