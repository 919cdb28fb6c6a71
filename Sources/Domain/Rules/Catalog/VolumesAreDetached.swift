internal import JSON

/// Longhorn changes the network only while every volume is detached. Harvester stops its own workloads; the operator must
/// stop all others, and detach volumes that an upgrade left behind.
enum VolumesAreDetached: Rule {
  static let requirement = "No Longhorn volume is in use, except by workloads that Harvester stops itself."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let volumes = context.facts.volumesInUse
    guard volumes.count > 0 else { return }
    // VirtualMachinesAreStopped names running machines, so all other owners come first.
    let names = NameList(first: volumes.first.map(\.described), count: volumes.count)
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(volumes.count.counted("Longhorn volume")) \(volumes.count == 1 ? "is" : "are") still in use: \
      \(names.englishList); \(advice(on: volumes))
      """)
  }

  private static func advice(on volumes: VolumesInUse) -> String {
    var advice: [String] = []
    if !volumes.commands.isEmpty {
      let commands = volumes.commands.prefix(VolumesInUse.maxCommands)
      let some = volumes.commands.count > commands.count ? "; for the first \(commands.count) run" : ""
      advice.append("stop the workloads\(some): \(commands.joined(separator: " && "))")
    }
    if volumes.areHeldByVMs {
      advice.append("stop the virtual machines whose pods (virt-launcher) use a volume")
    }
    if !volumes.unused.isEmpty {
      let pronoun = volumes.unused.count == 1 ? "it" : "them"
      advice.append("no pod uses \(volumes.unused.englishList): detach \(pronoun) in the Longhorn UI")
    }
    if !volumes.detaching.isEmpty {
      let verb = volumes.detaching.count == 1 ? "is" : "are"
      advice.append("wait until \(volumes.detaching.englishList) \(verb) detached")
    }
    return advice.joined(separator: "; ")
  }
}

extension VolumeFact {
  /// `pvc-1 (attached on node-1, claim default/data, pod web-0 of StatefulSet web)`, with as much as is known.
  fileprivate var described: String {
    let place = node.isEmpty ? "" : " on \(node)"
    let claim = claim.isEmpty ? "" : ", claim \(namespace)/\(claim)"
    let owners = workloads.lazy.filter { $0.kind != "Pod" }.map { "\($0.kind) \($0.name)" }
    let noun = pods.count == 1 ? "pod" : "pods"
    let pods = pods.isEmpty ? "" : ", \(noun) \(pods.englishList)\(owners.isEmpty ? "" : " of \(owners.englishList)")"
    return "\(name) (\(state.isEmpty ? "no state yet" : state)\(place)\(claim)\(pods))"
  }
}
