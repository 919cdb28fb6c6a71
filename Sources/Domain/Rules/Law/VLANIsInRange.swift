internal import JSON

/// VLAN identifiers have twelve bits, of which 4095 is reserved (IEEE 802.1Q); 0 or none means untagged. On the
/// management network untagged frames and VLAN 1 belong to the hosts themselves.
enum VLANIsInRange: Rule {
  static let demand = "The VLAN is 0 to 4094, on mgmt 2 to 4094."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    if case .wrongType = entries.network.vlan { return }
    let vlan = entries.network.vlan.value ?? 0
    if !(0...4094).contains(vlan) {
      // What is too large for a word was read as the largest or the smallest one.
      let written = vlan == .max || vlan == .min ? "a number of many digits" : "\(vlan)"
      findings.refuse(entries.path(.vlan), "is \(written), but a VLAN is a number from 1 to 4094, or 0 for untagged")
    } else if vlan < 2, entries.network.clusterNetwork.value?.isExactly(managementNetwork) == true {
      findings.refuse(
        entries.path(.vlan),
        """
        is \(entries.network.vlan.value == nil ? "missing" : "\(vlan)"), but the cluster network mgmt carries the \
        hosts' own traffic there; choose a VLAN from 2 to 4094 or another cluster network
        """)
    }
  }
}

/// The cluster network that every Harvester cluster has and that its nodes talk over.
let managementNetwork = "mgmt"
