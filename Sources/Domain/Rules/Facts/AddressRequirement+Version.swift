extension AddressRequirement {
  /// Returns the note of a denial on an unknown version; empty if the formula of every version denies.
  ///
  /// - Parameter count: The number of available addresses.
  func unknownVersionNote(available count: Int) -> String {
    if isVersionKnown { return "" }
    let least = AddressRequirement(load, serverVersion: nil, choice: .always(.v1_3)).total
    guard count >= least else { return "" }
    return """
       (Harvester's version is not known, so the sum of v1.2 applies; from v1.3 on \(least) are enough: start the webhook \
      with --sizing v1.3)
      """
  }
}
