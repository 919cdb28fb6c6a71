package import JSON
package import Rules

extension JSONReader {
  /// Reads a `VirtualMachine` (kubevirt.io/v1); nil if it is stopped.
  ///
  /// In any other status it has or soon gets an instance, whatever the run strategy: it may have none while it starts,
  /// crashes in a loop or waits for a volume.
  package mutating func readUnstoppedMachine() throws(JSONError) -> VirtualMachineFact? {
    var metadata = Metadata()
    var status = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("printableStatus") { status = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    if status == "Stopped" { return nil }
    return VirtualMachineFact(namespace: metadata.namespace, name: metadata.name, status: status)
  }
}
