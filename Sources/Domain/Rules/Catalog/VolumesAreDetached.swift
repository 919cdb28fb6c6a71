/// Longhorn moves to another network only while every volume is detached. Harvester stops its own workloads by itself;
/// all others are the operator's to stop, a volume left behind by an upgrade too.
enum VolumesAreDetached: Rule {
  static let requirement = "No Longhorn volume is in use but by the workloads that Harvester stops itself."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let volumes = context.facts.volumesInUse
    guard !volumes.isEmpty else { return }
    // Virtual machines that run are named anyway, so what nobody would think of comes first.
    let ordered = volumes.filter { !$0.isHeldOnlyByVMs } + volumes.filter(\.isHeldOnlyByVMs)
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(volumes.count.counted("Longhorn volume")) \(volumes.count == 1 ? "is" : "are") still in use: \
      \(ordered.lazy.map(\.described).englishList); stop the workloads that use \
      \(volumes.count == 1 ? "it" : "them"), and detach in the Longhorn UI what nothing uses any more
      """)
  }
}

extension VolumeFact {
  /// `pvc-1 (attached on node-1, claim default/data, pod web-0)`, with as much as is known.
  fileprivate var described: String {
    let place = node.isEmpty ? "" : " on \(node)"
    let claim = claim.isEmpty ? "" : ", claim \(namespace)/\(claim)"
    let pods = pods.isEmpty ? "" : ", pod \(pods.englishList)"
    return "\(name) (\(state.isEmpty ? "no state yet" : state)\(place)\(claim)\(pods))"
  }
}
