/// A change that Harvester calls finished may still wait in Longhorn. Another network on top of it would leave pods on
/// three networks, which find each other no more.
enum LonghornHasFollowed: Rule {
  static let demand = "Longhorn and all of its pods have followed the previous change."

  static func judge(_ change: Change, _ world: World, _ findings: inout Findings) {
    let longhorn = world.facts.longhorn
    if !longhorn.isApplied {
      findings.refuse(
        change.field.rawValue,
        """
        Longhorn has not yet applied its setting storage-network of an earlier change \
        (\(longhorn.destination)); wait until it has: \
        kubectl -n longhorn-system get settings.longhorn.io storage-network -o yaml
        """)
    }
    let stray = longhorn.strayPods
    guard !stray.isEmpty else { return }
    // An instance manager takes the volumes that it serves down with it, so the advice says when it is safe.
    findings.refuse(
      change.field.rawValue,
      """
      \(stray.count.of("Longhorn pod")) did not follow an earlier change to \
      \(longhorn.destination): \(stray.map(\.described).listed); once no volume is in use, delete \
      \(stray.count == 1 ? "it" : "them") so that Longhorn starts \(stray.count == 1 ? "it" : "them") anew: \
      kubectl -n longhorn-system delete pod \(stray.prefix(mostNamesInMessage).map(\.name).joined(separator: " "))
      """)
  }
}

extension LonghornPodFact {
  fileprivate var described: String {
    "\(name) (\(node.isEmpty ? "" : "on \(node), ")\(network.isEmpty ? "without storage network" : "still on \(network)"))"
  }
}
