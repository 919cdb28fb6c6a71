internal import Addressing

/// Whereabouts checks the reservations of every network before it allocates an address, whatever its VLAN, so networks
/// with the same addresses exhaust them sooner.
enum AddressesAreNotShared: Rule {
  static let requirement = "No other network uses addresses of the range."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    for attachment in context.facts.attachments where attachment.owner == nil {
      let shared = attachment.addressesHandedOutOnce(beside: plan.range).intersection(plan.usable)
      if shared.isEmpty { continue }
      findings.addWarning(
        """
        \(plan.fields.path(.range)): the network \(attachment.described.truncated(to: Warning.maxNameLength)) allocates addresses \
        of the range too, up to \(shared.count) of the \(plan.usable.count.counted("usable address")); \
        choose another range, or exclude them here or there
        """)
    }
  }
}
