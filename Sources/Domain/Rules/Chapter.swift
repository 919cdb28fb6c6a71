/// One article of the law by its name and by the fact it demands, for lists that people read.
package struct Article: Sendable, Equatable {
  package let name: String
  package let demand: String
}

/// The articles that are asked together, and when.
package struct Chapter: Sendable, Equatable {
  package let title: String
  /// When its articles are asked, as the end of a sentence that begins with "asked".
  package let condition: String
  package let articles: [Article]

  fileprivate init<Subject>(_ title: String, asked condition: String, _ rules: [any Rule<Subject>.Type]) {
    self.title = title
    self.condition = condition
    articles = rules.map { Article(name: $0.name, demand: $0.demand) }
  }
}

extension Law {
  /// The whole law in its order.
  package static let chapters = [
    Chapter("Removal", asked: "when the setting is deleted", ofRemoval),
    Chapter("Text", asked: "when a text changes and is not empty", ofText),
    Chapter("Entries", asked: "once the text is a JSON object", ofEntries),
    Chapter("Cluster network", asked: "once the cluster network exists and is not mgmt", ofCarrier),
    Chapter("Range", asked: "once the range is an IPv4 network", ofRange),
    Chapter("Addresses", asked: "once the range and every exclusion are IPv4 networks", ofAddresses),
    Chapter("Moment", asked: "when Harvester would act on the change", ofMoment),
    Chapter("Switching on", asked: "when a network takes effect", ofEnabling),
    Chapter("Switching off", asked: "when the storage network is switched off", ofDisabling),
  ]

  /// All articles in the order of the law.
  package static var articles: [Article] { chapters.flatMap(\.articles) }
}
