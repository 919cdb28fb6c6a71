package import JSON

extension JSONReader {
  /// Reads a `VirtualMachine` (kubevirt.io/v1) and gives its `printableStatus`; nil when it is stopped.
  ///
  /// Every other status keeps or soon gets an instance, whatever the run strategy says: a machine that starts, crashes in a
  /// loop or waits for a volume has none for now. Without a status KubeVirt's controller has not seen the machine yet.
  package mutating func readStatusUnlessStopped() throws(JSONError) -> String? {
    var status = ""
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("status") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("printableStatus") { status = try reader.readStringIfPresent()?.string ?? "" }
      }
    }
    return status == "Stopped" ? nil : status
  }
}
