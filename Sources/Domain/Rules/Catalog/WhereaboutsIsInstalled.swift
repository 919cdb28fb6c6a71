/// Whereabouts hands out the addresses; without its kinds no pod gets one. Disabling does not need it.
enum WhereaboutsIsInstalled: Rule {
  static let requirement = "Whereabouts' CustomResourceDefinitions are installed."

  static let definitions = [
    "ippools.whereabouts.cni.cncf.io", "overlappingrangeipreservations.whereabouts.cni.cncf.io",
  ]

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let missing = context.facts.missingDefinitions
    guard !missing.isEmpty else { return }
    let source = DefinitionSource(of: context.facts)
    let files = missing.map { "-f \(source.file(of: $0))" }
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      Whereabouts, which gives the pods their addresses, lacks \(missing.count.counted("CustomResourceDefinition")) that \
      Harvester ships: \(missing.englishList); install \(missing.count == 1 ? "it" : "them") from Harvester \
      \(source.version)\(source.isGuessed ? " (the version of this cluster is not known)" : ""): kubectl apply \(files.joined(separator: " ")); that is enough where Whereabouts runs: \
      kubectl get pods -A -l name=whereabouts
      """)
  }
}

/// The location of the definitions in Harvester's repository.
private struct DefinitionSource {
  let version: String
  let isGuessed: Bool
  private let path: (prefix: String, suffix: String)

  /// A version without a tag, such as that of a development build, gets the definitions of v1.8.0: they have every field of
  /// the older ones, and v1.9 has the same.
  init(of facts: borrowing ClusterFacts) {
    let tag = facts.serverVersion.flatMap { HarvesterVersion.isTag($0) ? $0 : nil }
    version = tag ?? "v1.8.0"
    isGuessed = tag == nil
    path =
      tag != nil && facts.version.map { $0 < HarvesterVersion(1, 6) } == true
      ? ("deploy/charts/harvester/dependency_charts/whereabouts/crds", "")
      : ("deploy/charts/harvester-crd/templates", "-1.16.0")
  }

  func file(of definition: String) -> String {
    let kind = definition.prefix { $0 != "." }
    return "https://raw.githubusercontent.com/harvester/harvester/\(version)/\(path.prefix)/whereabouts.cni.cncf.io_"
      + "\(kind)\(path.suffix).yaml"
  }
}
