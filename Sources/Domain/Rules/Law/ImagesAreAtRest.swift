/// Harvester restarts the pods that receive images, so an upload or download in flight would be lost.
enum ImagesAreAtRest: Rule {
  static let demand = "No image is being uploaded or downloaded."

  static func judge(_ change: Change, _ world: World, _ findings: inout Findings) {
    if world.facts.imageTransfers.isEmpty, world.facts.dataSourceTransfers.isEmpty { return }
    let images = world.facts.imageTransfers
    // The same transfer shows in Longhorn too, under a name that ends in the image's namespace and name.
    let sources = world.facts.dataSourceTransfers.filter { source in
      !images.contains { source.name.hasSuffix("\($0.namespace)-\($0.name)") }
    }
    let names = images.map(\.described) + sources.map(\.described)
    guard !names.isEmpty else { return }
    findings.refuse(
      change.field.rawValue,
      """
      \(names.count.of("image")) \(names.count == 1 ? "is" : "are") still being transferred: \(names.listed); wait \
      until \(names.count == 1 ? "it has" : "all have") finished, or delete \(names.count == 1 ? "it" : "them")
      """)
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
