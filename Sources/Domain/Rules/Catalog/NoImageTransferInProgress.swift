/// Harvester restarts the pods that receive images, so an upload or download in progress would be lost.
enum NoImageTransferInProgress: Rule {
  static let requirement = "No image is being uploaded or downloaded."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    if context.facts.imageTransfers.isEmpty, context.facts.dataSourceTransfers.isEmpty { return }
    let images = context.facts.imageTransfers
    // Longhorn lists the same transfer too, under a name that ends with the image's namespace and name.
    let sources = context.facts.dataSourceTransfers.filter { source in
      !images.contains { source.name.hasSuffix("\($0.namespace)-\($0.name)") }
    }
    let names = images.map(\.described) + sources.map(\.described)
    guard !names.isEmpty else { return }
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      \(names.count.counted("image")) \(names.count == 1 ? "is" : "are") still being transferred: \(names.englishList); wait \
      until \(names.count == 1 ? "it has" : "all have") finished, or delete \
      \(names.count == 1 ? "it" : "them; run for each, for example"): \
      \(command(images, sources))
      """)
  }
}

extension NoImageTransferInProgress {
  /// The command that deletes the first image.
  private static func command(_ images: [ImageTransferFact], _ sources: [DataSourceFact]) -> String {
    if let image = images.first {
      return "kubectl -n \(image.namespace) delete virtualmachineimages.harvesterhci.io \(image.name)"
    }
    guard let source = sources.first else { return "" }
    return "kubectl -n \(source.namespace) delete backingimages.longhorn.io \(source.name)"
  }
}

extension ImageTransferFact {
  fileprivate var described: String {
    let percent = progress.map { ", \($0)%" } ?? ""
    return "\(displayName.isEmpty ? name : displayName) (\(namespace)/\(name)\(percent))"
  }
}

extension DataSourceFact {
  fileprivate var described: String {
    "\(name) (Longhorn data source in \(namespace), \(state.isEmpty ? "not started" : state))"
  }
}
