package import JSON
package import Rules

package enum VirtualMachineInstance {
  /// Whether a phase is final.
  ///
  /// After a shutdown from inside, the object stays with a final phase until the machine starts again.
  package static func isShutDown(_ phase: String) -> Bool { phase == "Succeeded" || phase == "Failed" }
}

extension JSONReader {
  /// Reads a `VirtualMachineInstance` (kubevirt.io/v1); nil if it has shut down.
  package mutating func readRunningInstance() throws(JSONError) -> InstanceFact? {
    var metadata = Metadata()
    var phase = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("phase") { phase = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    if VirtualMachineInstance.isShutDown(phase) { return nil }
    return InstanceFact(namespace: metadata.namespace, name: metadata.name, phase: phase)
  }
}
