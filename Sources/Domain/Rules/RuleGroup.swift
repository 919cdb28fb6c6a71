/// One article of the law by its name and by the fact it demands, for lists that people read.
package struct RuleInfo: Sendable, Equatable {
  package let name: String
  package let requirement: String
}

/// The articles that are asked together, and when.
package struct RuleGroup: Sendable, Equatable {
  package let title: String
  /// When its articles are asked, as the end of a sentence that begins with "asked".
  package let condition: String
  package let rules: [RuleInfo]

  fileprivate init<Subject>(_ title: String, asked condition: String, _ rules: [any Rule<Subject>.Type]) {
    self.title = title
    self.condition = condition
    self.rules = rules.map { RuleInfo(name: $0.name, requirement: $0.requirement) }
  }
}

extension RuleCatalog {
  /// The whole law in its order.
  package static let groups = [
    RuleGroup("Removal", asked: "when the setting is deleted", deletion),
    RuleGroup("Annotations", asked: "when annotations change that Harvester keeps for the stored value", ofAnnotations),
    RuleGroup("Text", asked: "when a text changes and is not empty", parsing),
    RuleGroup("Entries", asked: "once the text is a JSON object", fields),
    RuleGroup("Cluster network", asked: "once the cluster network exists and is not mgmt", clusterNetwork),
    RuleGroup("Range", asked: "once the range is an IPv4 network", range),
    RuleGroup("Addresses", asked: "once the range and every exclusion are IPv4 networks", addresses),
    RuleGroup("Moment", asked: "when Harvester would act on the change", preconditions),
    RuleGroup("Switching on", asked: "when a network takes effect", enabling),
    RuleGroup("Switching off", asked: "when the storage network is switched off", disabling),
  ]

  /// All articles in the order of the law.
  package static var rules: [RuleInfo] { groups.flatMap(\.rules) }
}
