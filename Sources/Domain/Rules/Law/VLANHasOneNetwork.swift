/// Two IP networks on one VLAN see each other's broadcasts; mostly the VLAN is a slip.
enum VLANHasOneNetwork: Rule {
  static let demand = "No VM network on the same VLAN has another IP network."

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in world.facts.attachments
    where attachment.isVMNetwork && attachment.isOn(link.clusterNetwork, vlan: link.vlan) {
      guard let network = attachment.route?.network, network != plan.range else { continue }
      findings.warn(
        """
        \(plan.entries.path(.vlan)): the VM network \(attachment.described.cut(to: Warning.longestName)) is on the \
        same VLAN with \(network), another network than \(plan.range); is the VLAN the one that is meant?
        """)
    }
  }
}
