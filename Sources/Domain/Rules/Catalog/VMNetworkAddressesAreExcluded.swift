internal import Addressing

/// A VM network with the same subnet, or one inside the range, has machines and often a DHCP server, whose addresses are not
/// known.
enum VMNetworkAddressesAreExcluded: AddressConflictRule {
  static let requirement = "No VM network on the same VLAN has a subnet in the range."

  /// The subnets inside the range. Of a subnet that is the range itself, only the server's address is known.
  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    networks(plan, facts).reduce(AddressSet()) { $0.union(known($1, plan)) }
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    for attachment in networks(plan, context.facts) {
      guard let subnet = attachment.route?.network else { continue }
      let name = attachment.described.truncated(to: Warning.maxNameLength)
      if subnet == plan.range {
        findings.addWarning(
          """
          \(plan.fields.path(.exclude)): the VM network \(name) has the subnet \(subnet) on this VLAN too; exclude the \
          addresses of its machines and of its DHCP server\(server(of: attachment, plan, context))
          """)
      } else {
        findings.addWarning(
          """
          \(plan.fields.path(.exclude)): the VM network \(name) has the subnet \(subnet), a part of the range, on this VLAN \
          too; \(plan.shortAdvice(toExclude: known(attachment, plan), context))
          """)
      }
    }
  }

  /// `, 192.168.0.2/32`, or `, 192.168.0.2 (192.168.0.0/30)` where the exclusion serves other addresses too.
  private static func server(
    of attachment: NetworkAttachmentFact, _ plan: AddressPlan, _ context: EvaluationContext
  ) -> String {
    guard let server = known(attachment, plan).first else { return "" }
    guard let network = plan.exclusions(of: AddressSet([server]), context)?.first else { return ", \(server)" }
    return network.length == 32 ? ", \(network)" : ", \(server) (\(network))"
  }

  /// Those without a managed DHCP pool, of which DHCPPoolsAreExcluded reports the exact addresses.
  private static func networks(_ plan: AddressPlan, _ facts: borrowing ClusterFacts) -> [NetworkAttachmentFact] {
    guard let segment = plan.segment else { return [] }
    let managed = Set(facts.dhcpPools.map(\.network))
    return facts.attachments.filter { attachment in
      guard attachment.isVMNetwork, attachment.isOn(segment), let subnet = attachment.route?.network else {
        return false
      }
      return plan.range.contains(subnet) && !plan.usable.intersection(AddressSet(subnet.addresses)).isEmpty
        && !managed.contains(attachment.described)
    }
  }

  private static func known(_ attachment: NetworkAttachmentFact, _ plan: AddressPlan) -> AddressSet {
    guard let route = attachment.route, let subnet = route.network else { return AddressSet() }
    let addresses = subnet == plan.range ? AddressSet([route.server].compactMap(\.self)) : AddressSet(subnet.addresses)
    return addresses.intersection(plan.usable)
  }
}
