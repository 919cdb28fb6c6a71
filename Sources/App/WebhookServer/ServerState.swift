internal import Rules
internal import Synchronization

/// What the loops share with each other and with the main thread.
final class ServerState: Sendable {
  let cluster = ClusterBox()
  let metrics = Metrics()
  private let draining = Atomic(false)

  var isDraining: Bool {
    get { draining.load(ordering: .acquiring) }
    set { draining.store(newValue, ordering: .releasing) }
  }

  /// Why `/readyz` says no, one sentence each; empty when it says yes.
  var reasonsAgainstReadiness: [String] {
    var reasons: [String] = []
    if isDraining { reasons.append("the server is stopping") }
    if let fault = cluster.fault { reasons.append(fault.message) }
    return reasons
  }
}

/// The one place where the latest facts are: written when a cluster was read, taken once by each review.
final class ClusterBox: Sendable {
  private enum Content {
    case unknown(Fault)
    case known(Facts)
  }

  /// A reference, so that taking the facts copies one word and not a dozen lists.
  private final class Facts: Sendable {
    let facts: ClusterFacts
    init(_ facts: ClusterFacts) { self.facts = facts }
  }

  private let content = Mutex(Content.unknown(Fault(message: "the cluster has not been read yet")))

  func commit(_ facts: ClusterFacts) {
    let facts = Facts(facts)
    content.withLock { $0 = .known(facts) }
  }

  func facts() throws(Fault) -> ClusterFacts {
    switch content.withLock({ $0 }) {
    case .known(let facts): return facts.facts
    case .unknown(let fault): throw fault
    }
  }

  var fault: Fault? {
    guard case .unknown(let fault) = content.withLock({ $0 }) else { return nil }
    return fault
  }
}
