package import JSON

package enum VirtualMachineInstance {
  /// Returns whether a phase is final.
  ///
  /// After a shutdown from inside, the object stays with a final phase until the machine starts again.
  package static func isShutDown(_ phase: String) -> Bool { phase == "Succeeded" || phase == "Failed" }
}

extension JSONReader {
  /// Reads a `VirtualMachineInstance` (kubevirt.io/v1) and gives its phase; nil if it has shut down.
  package mutating func readPhaseUnlessShutDown() throws(JSONError) -> String? {
    var phase = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("phase") { phase = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    return VirtualMachineInstance.isShutDown(phase) ? nil : phase
  }
}
