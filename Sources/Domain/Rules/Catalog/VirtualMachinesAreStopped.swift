/// Longhorn moves to another network only while no volume is attached, so every virtual machine has to be stopped. One that
/// starts, crashes in a loop or waits for its volume has no instance for now and would start in the middle of the change.
enum VirtualMachinesAreStopped: Rule {
  static let requirement = "Every virtual machine is stopped."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    if context.facts.virtualMachines.isEmpty, context.facts.runningInstances.isEmpty { return }
    let machines = unstopped(context.facts)
    let pronoun = machines.count == 1 ? "it" : "them"
    // Nothing stops a machine that is being deleted.
    let stoppable = machines.first { $0.status != "Terminating" }
    let advice =
      stoppable.map { machine in
        """
        stop \(pronoun) in the UI or run: virtctl stop \(machine.name) -n \(machine.namespace); start \(pronoun) again \
        after verify says verified
        """
      } ?? "wait until \(machines.count == 1 ? "it is" : "they are") gone"
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(machines.count.counted("virtual machine")) \(machines.count == 1 ? "is" : "are") not stopped: \
      \(machines.lazy.map(\.described).englishList); \(advice)
      """)
  }

  /// The machines, then the instances of which no machine tells, in the order of their names. An instance without its
  /// machine's object counts by its phase.
  private static func unstopped(_ facts: ClusterFacts) -> [VirtualMachineFact] {
    let machines = facts.virtualMachines
    let instances = facts.runningInstances.map {
      VirtualMachineFact(namespace: $0.namespace, name: $0.name, status: $0.phase)
    }
    if machines.isEmpty { return instances }
    let named = Set(machines.map(\.reference))
    return (machines + instances.filter { !named.contains($0.reference) })
      .sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }
}

extension VirtualMachineFact {
  fileprivate var reference: String { "\(namespace)/\(name)" }
  fileprivate var described: String { "\(reference) (\(status.isEmpty ? "no status yet" : status))" }
}
