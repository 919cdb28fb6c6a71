internal import JSON

/// A label selector (meta/v1 LabelSelector): all of its requirements must be met.
package struct LabelSelectorFact: Sendable, Equatable {
  package struct Requirement: Sendable, Equatable {
    package let key: String
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    package let comparison: String
    package let values: [String]

    package init(key: String, comparison: String, values: [String]) {
      self.key = key
      self.comparison = comparison
      self.values = values
    }
  }

  package var requirements: [Requirement]

  package init(requirements: [Requirement] = []) {
    self.requirements = requirements
  }

  func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { requirement in
      let value = labels[requirement.key]
      return switch requirement.comparison {
      case "In": value.map(requirement.values.contains) ?? false
      case "NotIn": !(value.map(requirement.values.contains) ?? false)
      case "Exists": value != nil
      case "DoesNotExist": value == nil
      // What a new operator means is not known, and the node may match.
      default: true
      }
    }
  }
}
