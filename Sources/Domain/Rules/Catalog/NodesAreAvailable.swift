/// A node that is away gets its instance manager when it is back. Harvester v1.5 to v1.8 wait for an address on every node
/// (harvester/harvester#9375), from v1.9 on for healthy nodes only.
enum NodesAreAvailable: Rule {
  static let requirement = "Every node except witnesses is ready and not in maintenance."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    let away = context.facts.nodes.filter { !$0.isWitness && $0.outage != nil }
    guard !away.isEmpty else { return }
    let names = away.prefix(3).map { "\($0.name.truncated(to: 30)) (\($0.outage?.described ?? ""))" }
    let isOne = away.count == 1
    let others = away.count > 3 ? " and \(away.count - 3) more" : ""
    findings.addWarning(
      """
      \(change.field.rawValue): \(isOne ? "a node is" : "\(away.count) nodes are") away: \
      \(names.joined(separator: ", "))\(others); \(consequence(context.facts.version, isOne: isOne))
      """)
  }

  private static func consequence(_ version: HarvesterVersion?, isOne: Bool) -> String {
    guard let version, (HarvesterVersion(1, 5)...HarvesterVersion(1, 8)).contains(version) else {
      return isOne
        ? "its instance manager follows the change when it is back"
        : "their instance managers follow the change when they are back"
    }
    return "in Harvester \(version) the change will hang In Progress until \(isOne ? "it is" : "they are") back"
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
