/// Whereabouts hands out the addresses; without its kinds no pod gets one. To switch off, nobody needs it.
enum WhereaboutsIsInstalled: Rule {
  static let demand = "Whereabouts' CustomResourceDefinitions are installed."

  static let definitions = [
    "ippools.whereabouts.cni.cncf.io", "overlappingrangeipreservations.whereabouts.cni.cncf.io",
  ]

  private static let source =
    "https://raw.githubusercontent.com/harvester/harvester/v1.1.0/deploy/charts/harvester/dependency_charts/whereabouts/crds"

  static func judge(_ change: Change, _ world: World, _ findings: inout Findings) {
    let missing = world.facts.missingDefinitions
    guard !missing.isEmpty else { return }
    let files = missing.map { "-f \(source)/whereabouts.cni.cncf.io_\($0.prefix { $0 != "." }).yaml" }
    findings.refuse(
      change.field.rawValue,
      """
      Whereabouts, which hands out the addresses, is not installed: \(missing.listed) \
      \(missing.count == 1 ? "is" : "are") missing; install with kubectl apply \(files.joined(separator: " "))
      """)
  }
}
