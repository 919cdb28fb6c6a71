/// Longhorn moves to another network only while no volume is attached, so every virtual machine has to be off.
enum VirtualMachinesAreStopped: Rule {
  static let requirement = "No virtual machine runs."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let running = context.facts.runningInstances
    guard !running.isEmpty else { return }
    let names = running.lazy.map { "\($0.namespace)/\($0.name) (\($0.phase.isEmpty ? "no phase yet" : $0.phase))" }
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(running.count.counted("virtual machine")) must be stopped first: \(names.englishList); stop \
      \(running.count == 1 ? "it" : "them") in the Web UI or with \
      virtctl stop \(running[0].name) -n \(running[0].namespace)
      """)
  }
}
