package import JSON

package enum VirtualMachine {
  /// Returns whether a `printableStatus` means that the machine neither runs nor starts.
  ///
  /// With every other status the machine has an instance or soon gets one, whatever its run strategy: a machine that
  /// starts, crashes in a loop or waits for a volume has none for now. The status is empty before KubeVirt's controller
  /// sets it.
  package static func isStopped(_ status: String) -> Bool { status == "Stopped" }
}

extension JSONReader {
  /// Reads the `printableStatus` of a `VirtualMachine` (kubevirt.io/v1); nil if it is stopped.
  package mutating func readStatusUnlessStopped() throws(JSONError) -> String? {
    var status = ""
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("status") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("printableStatus") { status = try reader.readStringIfPresent()?.string ?? "" }
      }
    }
    return VirtualMachine.isStopped(status) ? nil : status
  }
}
