/// An unavailable node gets its instance manager when it is available again. Harvester v1.5 to v1.8 wait for an address on every node
/// (harvester/harvester#9375), from v1.9 on for healthy nodes only.
enum NodesAreAvailable: Rule {
  static let requirement = "Every node except witnesses is ready and not in maintenance."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let unavailable = context.facts.nodes.filter { !$0.isWitness && $0.outage != nil }
    guard !unavailable.isEmpty else { return }
    let first = unavailable.prefix(3).map { "\($0.name.truncated(to: 30)) (\($0.outage?.described ?? ""))" }
    let names = NameList(first: first, count: unavailable.count)
    let isOne = unavailable.count == 1
    findings.addWarning(
      """
      \(change.field.rawValue): \(isOne ? "a node is" : "\(unavailable.count) nodes are") unavailable: \
      \(names.englishList); \(consequence(context.facts.version, isOne: isOne))
      """)
  }

  private static func consequence(_ version: HarvesterVersion?, isOne: Bool) -> String {
    guard let version, (HarvesterVersion(1, 5)...HarvesterVersion(1, 8)).contains(version) else {
      return isOne
        ? "its instance manager follows the change when it is available again"
        : "their instance managers follow the change when they are available again"
    }
    return "in Harvester \(version) the change will hang In Progress until \(isOne ? "it is" : "they are") available"
  }
}

extension NodeFact.Outage {
  package var described: String {
    switch self {
    case .notReady: "not Ready"
    case .maintenance: "in maintenance"
    case .cordoned: "cordoned"
    }
  }
}
