/// The name and the requirement of a rule, for checklists.
package struct RuleInfo: Sendable, Equatable {
  package let name: String
  package let requirement: String
}

/// Rules with the same subject, and when they apply.
package struct RuleGroup: Sendable, Equatable {
  package let title: String
  /// When its rules apply, as the end of a sentence that begins with "applies".
  package let condition: String
  package let rules: [RuleInfo]

  fileprivate init<Subject>(_ title: String, applies condition: String, _ rules: [any Rule<Subject>.Type]) {
    self.title = title
    self.condition = condition
    self.rules = rules.map { RuleInfo(name: $0.name, requirement: $0.requirement) }
  }
}

extension RuleCatalog {
  /// All rule groups in evaluation order.
  package static let groups = [
    RuleGroup("Deletion", applies: "when the setting is deleted", deletion),
    RuleGroup("Annotations", applies: "when annotations change in which Harvester records the value", annotations),
    RuleGroup("JSON", applies: "when value or default changes and is not empty", parsing),
    RuleGroup("Fields", applies: "when the text is a JSON object", fields),
    RuleGroup("Cluster network", applies: "when the cluster network exists and is not mgmt", clusterNetwork),
    RuleGroup("Range", applies: "when the range is an IPv4 network", range),
    RuleGroup("Addresses", applies: "when the range and every exclusion are IPv4 networks", addresses),
    RuleGroup("Cluster state", applies: "when Harvester would act on the change", preconditions),
    RuleGroup("Enabling", applies: "when the change enables or replaces a network", enabling),
    RuleGroup("Disabling", applies: "when the change disables the storage network", disabling),
  ]

  /// All rules in evaluation order.
  package static var rules: [RuleInfo] { groups.flatMap(\.rules) }
}
