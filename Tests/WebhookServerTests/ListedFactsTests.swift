import ChangeExecution
import ClusterState
import Platform
import Rules
import Testing
import ClusterSources

/// A command that watches a cluster begins with a list of it.
@Suite struct `Listed facts` {
  private static let staleness: Duration = .seconds(120)
  private static let start = MonotonicInstant(nanoseconds: 5_000_000_000)
  private let unavailable = UnavailableError(message: "nodes: not listed yet")

  private func facts(version: String) -> ChangeFacts {
    var objects = ObjectStore()
    var facts = objects.facts
    facts.serverVersion = version
    return ChangeFacts(facts, objects.storageUsers)
  }

  private func listed() -> ListedFacts {
    ListedFacts(facts(version: "listed"), at: Self.start, staleness: Self.staleness)
  }

  @Test func `stand in for those of a watch that has not begun, until they are stale`() throws {
    var listed = listed()
    let almost = Self.start + Self.staleness + .nanoseconds(-1)
    #expect(try listed.current(at: Self.start, .failure(unavailable)).rules.serverVersion == "listed")
    #expect(try listed.current(at: almost, .failure(unavailable)).rules.serverVersion == "listed")
    #expect(throws: unavailable) { try listed.current(at: almost + .nanoseconds(1), .failure(unavailable)) }
  }

  @Test func `are not used any more once the watch has begun`() throws {
    var listed = listed()
    let watched = facts(version: "watched")
    #expect(try listed.current(at: Self.start, .success(watched)).rules.serverVersion == "watched")
    #expect(throws: unavailable) { try listed.current(at: Self.start, .failure(unavailable)) }
  }
}
