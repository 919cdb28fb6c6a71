internal import Addressing

/// A pod with the address of a gateway on the same VLAN cuts the virtual machines off from that gateway.
enum GatewayIsExcluded: AddressConflictRule {
  static let requirement = "The range holds no gateway of a VM network on the same VLAN."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    AddressSet(gateways(plan, facts).map(\.gateway))
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    for (network, gateway) in gateways(plan, context.facts) {
      findings.addWarning(
        """
        \(plan.fields.path(.exclude)): \(gateway) is the gateway of the VM network \
        \(network.truncated(to: Warning.maxNameLength)) on the same VLAN, and a pod may get it; \
        \(plan.shortAdvice(toExclude: AddressSet([gateway]), context))
        """)
    }
  }

  /// Each gateway with the first network that has it.
  private static func gateways(
    _ plan: AddressPlan, _ facts: borrowing ClusterFacts
  ) -> [(network: String, gateway: IPv4Address)] {
    guard let segment = plan.segment else { return [] }
    var gateways: [(network: String, gateway: IPv4Address)] = []
    for attachment in facts.attachments where attachment.isVMNetwork && attachment.isOn(segment) {
      guard let gateway = attachment.route?.gateway, plan.usable.contains(gateway),
        !gateways.contains(where: { $0.gateway == gateway })
      else { continue }
      gateways.append((attachment.described, gateway))
    }
    return gateways
  }
}
