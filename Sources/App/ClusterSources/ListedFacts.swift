package import ChangeExecution
package import Platform
package import Rules

/// The facts of one list, which stand in until a watch has its own: as long as those of a watch may be without contact.
package struct ListedFacts {
  /// Nil once the watch has had facts.
  private var listed: ChangeFacts?
  private let deadline: MonotonicInstant

  /// - Parameter time: The time of the list.
  package init(_ facts: ChangeFacts, at time: MonotonicInstant, staleness: Duration) {
    listed = facts
    deadline = time + staleness
  }

  /// Returns the facts of the watch, or until there are any those of the list.
  package mutating func current(
    at now: MonotonicInstant, _ watched: Result<ChangeFacts, UnavailableError>
  ) throws(UnavailableError) -> ChangeFacts {
    switch watched {
    case .success(let facts):
      listed = nil
      return facts
    case .failure(let error):
      guard let listed, now < deadline else { throw error }
      return listed
    }
  }
}
