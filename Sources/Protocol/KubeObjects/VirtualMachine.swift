package import JSON
package import Rules

extension JSONReader {
  /// Reads a `VirtualMachine` (kubevirt.io/v1); nil when it is stopped.
  ///
  /// Every other status keeps or soon gets an instance, whatever the run strategy says: one that starts, crashes in a loop
  /// or waits for a volume has none for now.
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
