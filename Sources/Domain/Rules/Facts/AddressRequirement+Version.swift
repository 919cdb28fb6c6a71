extension AddressRequirement {
  /// What a denial says of a version that is not known: nothing where the formula of every version denies as well.
  ///
  /// - Parameter count: The addresses that there are.
  func remarkOnVersion(having count: Int) -> String {
    if isVersionKnown { return "" }
    let least = AddressRequirement(load, serverVersion: nil, choice: .always(.v1_3)).total
    guard count >= least else { return "" }
    return """
       (Harvester's version is not known, so the sum of v1.2 applies; from v1.3 on \(least) are enough: start the webhook \
      with --sizing v1.3)
      """
  }
}
