package import JSON

package enum VirtualMachine {
  /// Whether a `printableStatus` says that the machine neither runs nor is about to.
  ///
  /// Every other status keeps or soon gets an instance, whatever the run strategy says: a machine that starts, crashes in a
  /// loop or waits for a volume has none for now. Without a status KubeVirt's controller has not seen the machine yet.
  package static func isStopped(_ status: String) -> Bool { status == "Stopped" }
}

extension JSONReader {
  /// Reads a `VirtualMachine` (kubevirt.io/v1) and gives its `printableStatus`; nil when it is stopped.
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
