/// Whereabouts hands out the addresses; without its kinds no pod gets one. To switch off, nobody needs it.
enum WhereaboutsIsInstalled: Rule {
  static let requirement = "Whereabouts' CustomResourceDefinitions are installed."

  static let definitions = [
    "ippools.whereabouts.cni.cncf.io", "overlappingrangeipreservations.whereabouts.cni.cncf.io",
  ]

  private static let source =
    "https://raw.githubusercontent.com/harvester/harvester/v1.1.0/deploy/charts/harvester/dependency_charts/whereabouts/crds"

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let missing = context.facts.missingDefinitions
    guard !missing.isEmpty else { return }
    let files = missing.map { "-f \(source)/whereabouts.cni.cncf.io_\($0.prefix { $0 != "." }).yaml" }
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      Whereabouts, which hands out the addresses, is not installed: \(missing.englishList) \
      \(missing.count == 1 ? "is" : "are") missing; install with kubectl apply \(files.joined(separator: " "))
      """)
  }
}
