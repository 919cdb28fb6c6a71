package import JSON
package import Rules

extension JSONReader {
  /// Reads a `VirtualMachineImage` (harvesterhci.io/v1beta1); nil after its transfer has succeeded or failed.
  package mutating func readImageTransfer() throws(JSONError) -> ImageTransferFact? {
    var metadata = Metadata()
    var displayName = ""
    var progress: Int?
    var conditions: [Condition] = []
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("displayName") { displayName = try reader.readStringIfPresent()?.string ?? "" }
        }
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("progress") {
            progress = try reader.readIntegerIfPresent()
          } else if key.equals("conditions") {
            conditions = try reader.readConditions()
          }
        }
      }
    }
    guard !metadata.isBeingDeleted, isInFlight(conditions) else { return nil }
    return ImageTransferFact(
      namespace: metadata.namespace, name: metadata.name, displayName: displayName, progress: progress)
  }
}

/// Returns whether `Imported` is absent or `Unknown` and retries are left, so that the transfer is in progress.
private func isInFlight(_ conditions: [Condition]) -> Bool {
  func status(_ type: String) -> String { conditions.first { $0.type == type }?.status ?? "Unknown" }
  return !["True", "False"].contains(status("Imported")) && status("RetryLimitExceeded") != "True"
}
