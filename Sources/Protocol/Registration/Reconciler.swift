internal import CertificateAuthority
package import ClusterState
internal import JSON

/// Brings the registration into the desired state, one request after the other, and keeps nothing between two rounds that
/// the API server does not store: each round reads everything, does the one next step, and reads again. So it does not
/// matter what else writes the same objects, nor after which request the process was killed.
///
/// Pure: the caller performs each action and reports what came of it. Writes carry the resourceVersion that was read; the
/// API server refuses one that would overwrite a newer state.
package struct Reconciler {
  package enum Action: Equatable {
    case request(APIRequest, ReconcileOperation)
    /// Find out whether a serving pod answers under a certificate of these CAs (PEM).
    case probe(caBundle: [UInt8])
    /// The round has ended.
    case finished(RoundResult)
  }

  enum State {
    case idle
    case reading(ManagedObject)
    case detecting
    case listingNodes(keepsMatchConditions: Bool)
    case writing(ReconcileStep)
    case probing
  }

  let options: RegistrationOptions
  /// Serial numbers.
  let random: () -> UInt64
  var state = State.idle
  var observed = ObservedState()
  private var writesInRow = 0
  private var failuresInRow = 0

  package init(_ options: RegistrationOptions, rotatesCA: Bool = false, random: @escaping () -> UInt64) {
    self.options = options
    self.random = random
    observed.rotatesCA = rotatesCA
  }

  /// Begins a round.
  package mutating func begin() -> Action {
    observed.owner = nil
    observed.secret = nil
    observed.configurations = [:]
    observed.setting = nil
    return read(ManagedObject.allCases[0])
  }
}

// The events.
extension Reconciler {
  /// The API server has answered.
  package mutating func responded(_ status: Int, _ body: [UInt8], at now: Int64) -> Action {
    switch (state, status) {
    case (.reading(let object), 404): return store(nil, as: object, at: now)
    case (.reading(let object), 200):
      guard let value = try? JSONValue(parsing: body) else { return failed(.malformed, at: now) }
      return store(value, as: object, at: now)
    case (.detecting, 200...299):
      guard let value = try? JSONValue(parsing: body) else { return failed(.malformed, at: now) }
      return listNodes(keepsMatchConditions: WebhookConfiguration(object: value).hasMatchConditions)
    // An API server that does not know the field may refuse the object.
    case (.detecting, 400), (.detecting, 422): return listNodes(keepsMatchConditions: false)
    case (.listingNodes(let isKept), 200):
      guard let nodes = try? JSONValue(parsing: body) else { return failed(.malformed, at: now) }
      observed.matching = (isKept && nodes.kubeletsKnowMatchConditions ? .matchConditions : .objectSelector, at: now)
      return decide(at: now)
    case (.writing(let step), 200...299):
      written(step, body, at: now)
      return begin()
    // The namespace is not there.
    case (.writing(.createNextCA), 404) where observed.secret == nil: return answered(status, body, at: now)
    // Deleted, or changed, since it was read.
    case (.writing, 404), (.writing, 409): return failed(.conflict, at: now)
    default: return answered(status, body, at: now)
    }
  }

  private mutating func answered(_ status: Int, _ body: [UInt8], at now: Int64) -> Action {
    failed(ReconcileFailure(status: status, body: body), at: now)
  }

  /// There was no answer.
  package mutating func unanswered(_ reason: String, at now: Int64) -> Action {
    failed(.unanswered(reason), at: now)
  }

  /// The Service was called; an error tells why no pod answered.
  package mutating func probed(error: String?, at now: Int64) -> Action {
    guard case .probing = state else { preconditionFailure("nothing was probed") }
    guard let error else {
      observed.hasServed = true
      return decide(at: now)
    }
    return finish(.webhookUnavailable(error), requeueAfter: RegistrationLimits.probeInterval, at: now)
  }
}

// The steps.
extension Reconciler {
  private mutating func read(_ object: ManagedObject) -> Action {
    state = .reading(object)
    return .request(APIRequest(path: object.path(options)), .read(object))
  }

  private mutating func store(_ value: JSONValue?, as object: ManagedObject, at now: Int64) -> Action {
    switch object {
    case .clusterRole: observed.owner = value.flatMap(Owner.init)
    case .secret: observed.secret = value.map(TLSSecret.init)
    case .setting: observed.setting = value
    case .validatingConfiguration, .mutatingConfiguration:
      if let kind = object.webhookKind { observed.configurations[kind] = value.map(WebhookConfiguration.init) }
    }
    // What has served once stays registered with Fail, should one of the objects be emptied.
    observed.hasServed = observed.isServing
    guard let next = ManagedObject(rawValue: object.rawValue + 1) else { return decide(at: now) }
    return read(next)
  }

  private mutating func decide(at now: Int64) -> Action {
    let step = observed.nextStep(options, at: now)
    switch step {
    case .detectMatching:
      state = .detecting
      return .request(matchingDryRun(at: now), .detectMatching)
    case .probe:
      state = .probing
      return .probe(caBundle: observed.bundle(.validating, at: now).flatMap(\.pem))
    case .waitForPropagation(let seconds):
      observed.propagation = (observed.trustedCAs(at: now), endsAt: now + seconds)
      return finish(.propagating, requeueAfter: .seconds(seconds), at: now)
    case .blocked(let reason):
      return finish(.blocked(reason), requeueAfter: RegistrationLimits.operatorDelay, at: now)
    case .upToDate(let moment):
      return finish(.upToDate, requeueAfter: .seconds(max(1, moment - now)), at: now)
    default:
      guard let request = request(for: step, at: now) else { return failed(.conflict, at: now) }
      writesInRow += 1
      if writesInRow > RegistrationLimits.writesInRow { return failed(.undone, at: now) }
      state = .writing(step)
      return .request(request, .write(step))
    }
  }

  private mutating func listNodes(keepsMatchConditions: Bool) -> Action {
    state = .listingNodes(keepsMatchConditions: keepsMatchConditions)
    let path = "/api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fcontrol-plane&limit=50"
    return .request(APIRequest(path: path), .listControlPlaneNodes)
  }

  /// A write changes which steps follow.
  private mutating func written(_ step: ReconcileStep, _ body: [UInt8], at now: Int64) {
    failuresInRow = 0
    switch step {
    case .applyConfiguration:
      observed.propagation = nil
      // Another API server of the cluster may have answered, one that does not keep the field.
      let stored = (try? JSONValue(parsing: body)).map(WebhookConfiguration.init)
      if observed.matching?.0 == .matchConditions, stored?.hasMatchConditions == false {
        observed.matching = (.objectSelector, at: now)
      }
    case .createNextCA, .activateNextCA: observed.rotatesCA = false
    default: break
    }
  }

  private mutating func failed(_ failure: ReconcileFailure, at now: Int64) -> Action {
    failuresInRow += 1
    let delays = RegistrationLimits.retryDelays
    let delay =
      failure.needsOperator ? RegistrationLimits.operatorDelay : delays[min(failuresInRow, delays.count) - 1]
    if case .undone = failure { writesInRow = 0 }
    return finish(.failed(failure), requeueAfter: delay, at: now)
  }

  private mutating func finish(_ outcome: RoundResult.Outcome, requeueAfter delay: Duration, at now: Int64) -> Action {
    state = .idle
    if case .failed = outcome {} else { (writesInRow, failuresInRow) = (0, 0) }
    let status = RegistrationStatus(observed, at: now)
    return .finished(RoundResult(outcome: outcome, requeueAfter: delay, status: status))
  }
}
