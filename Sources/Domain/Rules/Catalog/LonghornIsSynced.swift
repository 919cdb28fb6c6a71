/// Longhorn may still be applying a change that Harvester reports as finished. Another change would leave pods on three
/// networks, without a connection to each other.
enum LonghornIsSynced: Rule {
  static let requirement = "Longhorn and all of its pods have applied the previous change."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let longhorn = context.facts.longhorn
    let outdated = longhorn.outdatedPods
    if longhorn.isApplied == false {
      // Longhorn restarts the pods when every volume is detached; their current network is no error until then.
      let pods =
        outdated.isEmpty
        ? "" : "; \(outdated.count.counted("Longhorn pod")) \(outdated.count == 1 ? "has" : "have") yet to move"
      findings.addViolation(
        change.field.rawValue, .forbidden,
        """
        Longhorn has not yet applied its setting storage-network of an earlier change \
        (\(longhorn.destination))\(pods); wait until it has (status.applied is true): \
        kubectl -n longhorn-system get settings.longhorn.io storage-network -o yaml
        """)
    } else if !outdated.isEmpty {
      findings.addViolation(
        change.field.rawValue, .forbidden,
        longhorn.mayStillMovePods ? adviceToWait(for: outdated, longhorn) : adviceToRestart(outdated, longhorn))
    }
  }

  private static func adviceToWait(for outdated: [LonghornPodFact], _ longhorn: LonghornNetworkFact) -> String {
    """
    \(outdated.count.counted("Longhorn pod")) \(outdated.count == 1 ? "has" : "have") yet to move to \(longhorn.destination) after \
    an earlier change: \(outdated.map(\.described).englishList); wait until Longhorn has restarted \
    \(outdated.count == 1 ? "it" : "them"), which it does when every volume is detached: \
    kubectl -n longhorn-system get volumes.longhorn.io
    """
  }

  /// Deleting an instance manager interrupts the volumes that it serves, so the advice says when that is safe.
  private static func adviceToRestart(_ outdated: [LonghornPodFact], _ longhorn: LonghornNetworkFact) -> String {
    let (verb, pronoun) = outdated.count == 1 ? ("was", "it") : ("were", "them")
    let some = outdated.count > NameList.limit ? "; for the first \(NameList.limit) run" : ""
    return """
      \(outdated.count.counted("Longhorn pod")) \(verb) not restarted by an earlier change to \
      \(longhorn.destination): \(outdated.map(\.described).englishList); once no volume is in use, delete \
      \(pronoun) so that Longhorn starts \(pronoun) again\(some): \
      kubectl -n longhorn-system delete pod \(outdated.prefix(NameList.limit).map(\.name).joined(separator: " "))
      """
  }
}

extension LonghornPodFact {
  fileprivate var described: String {
    "\(name) (\(node.isEmpty ? "" : "on \(node), ")\(network.isEmpty ? "without storage network" : "still on \(network)"))"
  }
}
