internal import JSON

/// Longhorn changes the network only while every volume is detached. Harvester stops its own workloads; the operator has to
/// stop all others, and to detach volumes that an upgrade left behind.
enum VolumesAreDetached: Rule {
  static let requirement = "No Longhorn volume is in use, except by workloads that Harvester stops itself."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let volumes = context.facts.volumesInUse
    guard !volumes.isEmpty else { return }
    // VirtualMachinesAreStopped names running machines, so all other owners come first.
    let ordered = volumes.filter { !$0.isHeldOnlyByVMs } + volumes.filter(\.isHeldOnlyByVMs)
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(volumes.count.counted("Longhorn volume")) \(volumes.count == 1 ? "is" : "are") still in use: \
      \(ordered.lazy.map(\.described).englishList); \(advice(on: ordered))
      """)
  }

  private static func advice(on volumes: [VolumeFact]) -> String {
    var commands: [String] = []
    for volume in volumes where !volume.isHeldOnlyByVMs {
      for command in volume.commands where !commands.contains(command) { commands.append(command) }
      if commands.count > maxCommands { break }
    }
    let leaving = volumes.lazy.filter { $0.state.isExactly("detaching") }.map(\.name)
    let unused = volumes.lazy.filter { $0.pods.isEmpty && !$0.state.isExactly("detaching") }.map(\.name)
    var advice: [String] = []
    if !commands.isEmpty {
      let more = commands.count > maxCommands ? " && ... (and the other workloads likewise)" : ""
      advice.append("stop the workloads: \(commands.prefix(maxCommands).joined(separator: " && "))\(more)")
    }
    if volumes.contains(where: \.isHeldOnlyByVMs) {
      advice.append("stop the virtual machines whose pods (virt-launcher) use a volume")
    }
    if !unused.isEmpty {
      advice.append("no pod uses \(unused.englishList): detach \(unused.count == 1 ? "it" : "them") in the Longhorn UI")
    }
    if !leaving.isEmpty {
      advice.append("wait until \(leaving.englishList) \(leaving.count == 1 ? "is" : "are") detached")
    }
    return advice.joined(separator: "; ")
  }

  private static let maxCommands = 3
}

extension VolumeFact {
  /// `pvc-1 (attached on node-1, claim default/data, pod web-0 of StatefulSet web)`, with as much as is known.
  fileprivate var described: String {
    let place = node.isEmpty ? "" : " on \(node)"
    let claim = claim.isEmpty ? "" : ", claim \(namespace)/\(claim)"
    let owners = workloads.lazy.filter { $0.kind != "Pod" }.map { "\($0.kind) \($0.name)" }
    let pods = pods.isEmpty ? "" : ", pod \(pods.englishList)\(owners.isEmpty ? "" : " of \(owners.englishList)")"
    return "\(name) (\(state.isEmpty ? "no state yet" : state)\(place)\(claim)\(pods))"
  }

  /// The commands that stop the pods by way of their controllers.
  fileprivate var commands: [String] {
    guard !pods.isEmpty else { return [] }
    let kubectl = "kubectl -n \(namespace)"
    if workloads.isEmpty { return ["\(kubectl) delete pod \(pods.prefix(maxNamesInMessage).joined(separator: " "))"] }
    return workloads.map { workload in
      switch workload.kind {
      case "StatefulSet", "Deployment":
        "\(kubectl) scale \(workload.kind.lowercased()) \(workload.name) --replicas=0"
      case "ReplicaSet":
        if let deployment = workload.deployment {
          "\(kubectl) scale deployment \(deployment) --replicas=0"
        } else {
          "\(kubectl) scale replicaset \(workload.name) --replicas=0"
        }
      default:
        "\(kubectl) delete \(workload.kind.lowercased()) \(workload.name)"
      }
    }
  }
}

extension VolumeFact.Workload {
  /// A Deployment names its ReplicaSets after itself and a hash of up to ten letters without vowels
  /// (k8s.io/apimachinery, pkg/util/rand); nil where the name has no such end.
  fileprivate var deployment: String? {
    guard let dash = name.lastIndex(of: "-"), dash > name.startIndex else { return nil }
    let hash = name[dash...].dropFirst()
    let letters = "bcdfghjklmnpqrstvwxz2456789"
    return (1...10).contains(hash.count) && hash.allSatisfy(letters.contains) ? String(name[..<dash]) : nil
  }
}
