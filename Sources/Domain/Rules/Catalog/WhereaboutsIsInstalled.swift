/// Whereabouts hands out the addresses; without its kinds no pod gets one. Disabling does not need it.
enum WhereaboutsIsInstalled: Rule {
  static let requirement = "Whereabouts' CustomResourceDefinitions are installed."

  static let definitions = [
    "ippools.whereabouts.cni.cncf.io", "overlappingrangeipreservations.whereabouts.cni.cncf.io",
  ]

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let missing = context.facts.missingDefinitions
    guard !missing.isEmpty else { return }
    let source = DefinitionSource(serverVersion: context.facts.serverVersion)
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

  /// - Parameter serverVersion: Without a release, such as on a development build, the newest known one is used: its
  ///   definitions have every field of the older ones.
  init(serverVersion: String?) {
    let release = serverVersion.flatMap(Release.init)
    version = release?.tag ?? "v1.8.0"
    isGuessed = release == nil
    path =
      release.map { $0.isBefore1_6 } == true
      ? ("deploy/charts/harvester/dependency_charts/whereabouts/crds", "")
      : ("deploy/charts/harvester-crd/templates", "-1.16.0")
  }

  func file(of definition: String) -> String {
    let kind = definition.prefix { $0 != "." }
    return "https://raw.githubusercontent.com/harvester/harvester/\(version)/\(path.prefix)/whereabouts.cni.cncf.io_"
      + "\(kind)\(path.suffix).yaml"
  }

  /// A version such as `v1.6.1` or `v1.9.0-rc4`, which is also the name of a tag.
  private struct Release {
    let tag: String
    let isBefore1_6: Bool

    init?(_ version: String) {
      guard let match = version.wholeMatch(of: /v(\d{1,4})\.(\d{1,4})\.\d{1,4}(-rc\d{1,4})?/), let major = Int(match.1),
        let minor = Int(match.2)
      else { return nil }
      tag = version
      isBefore1_6 = (major, minor) < (1, 6)
    }
  }
}
