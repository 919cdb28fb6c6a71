/// Longhorn changes the network only while no volume is attached. A machine that starts, crashes in a loop or waits for its
/// volume has no instance now, but would start during the change.
enum VirtualMachinesAreStopped: Rule {
  static let requirement = "Every virtual machine is stopped."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let machines = context.facts.unstoppedMachines
    if machines.count == 0 { return }
    let pronoun = machines.count == 1 ? "it" : "them"
    // Nothing stops a machine that is being deleted.
    let advice =
      machines.firstStoppable.map { machine in
        """
        stop \(pronoun) in the UI or run\(machines.count == 1 ? "" : " for each, for example"): \
        virtctl stop \(machine.name) -n \(machine.namespace); start \(pronoun) again after verify says verified
        """
      } ?? "wait until \(machines.count == 1 ? "it is" : "they are") gone"
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(machines.count.counted("virtual machine")) \(machines.count == 1 ? "is" : "are") not stopped: \
      \(NameList(first: machines.first.map(\.described), count: machines.count).englishList); \(advice)
      """)
  }
}

extension VirtualMachineFact {
  fileprivate var described: String { "\(namespace)/\(name) (\(statusText))" }
}
