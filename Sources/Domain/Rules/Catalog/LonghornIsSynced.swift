/// A change that Harvester calls finished may still wait in Longhorn. Another network on top of it would leave pods on
/// three networks, which find each other no more.
enum LonghornIsSynced: Rule {
  static let requirement = "Longhorn and all of its pods have followed the previous change."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let longhorn = context.facts.longhorn
    if !longhorn.isApplied {
      findings.addViolation(
        change.field.rawValue, .forbidden,
        """
        Longhorn has not yet applied its setting storage-network of an earlier change \
        (\(longhorn.destination)); wait until it has (status.applied is true): \
        kubectl -n longhorn-system get settings.longhorn.io storage-network -o yaml
        """)
    }
    let stray = longhorn.outdatedPods
    guard !stray.isEmpty else { return }
    // An instance manager takes the volumes that it serves down with it, so the advice says when it is safe.
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(stray.count.counted("Longhorn pod")) did not follow an earlier change to \
      \(longhorn.destination): \(stray.map(\.described).englishList); once no volume is in use, delete \
      \(stray.count == 1 ? "it" : "them") so that Longhorn starts \(stray.count == 1 ? "it" : "them") anew: \
      kubectl -n longhorn-system delete pod \(stray.prefix(maxNamesInMessage).map(\.name).joined(separator: " "))
      """)
  }
}

extension LonghornPodFact {
  fileprivate var described: String {
    "\(name) (\(node.isEmpty ? "" : "on \(node), ")\(network.isEmpty ? "without storage network" : "still on \(network)"))"
  }
}
