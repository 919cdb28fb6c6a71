/// Longhorn moves to another network only while no volume is attached, so every virtual machine has to be off.
enum VirtualMachinesAreOff: Rule {
  static let demand = "No virtual machine runs."

  static func judge(_ change: Change, _ world: World, _ findings: inout Findings) {
    let running = world.facts.runningInstances
    guard !running.isEmpty else { return }
    let names = running.lazy.map { "\($0.namespace)/\($0.name) (\($0.phase.isEmpty ? "no phase yet" : $0.phase))" }
    findings.refuse(
      change.field.rawValue,
      """
      \(running.count.of("virtual machine")) must be stopped first: \(names.listed); stop \
      \(running.count == 1 ? "it" : "them") in the Web UI or with \
      virtctl stop \(running[0].name) -n \(running[0].namespace)
      """)
  }
}
