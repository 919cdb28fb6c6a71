internal import CertificateAuthority
package import ClusterState
internal import JSON

/// Brings the registration into the desired state, one request at a time. Each round reads all objects, performs one step and
/// reads again, so concurrent writers and a killed process do no harm: no state is kept between rounds except what the API
/// server stores.
///
/// Performs no I/O: the caller performs each action and reports its result. Writes carry the resourceVersion that was read;
/// the API server rejects a write that would overwrite a newer state.
package struct Reconciler {
  package enum Action: Equatable {
    case request(APIRequest, ReconcileOperation)
    /// Probe whether a serving pod responds with a certificate of these CAs (PEM).
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
  /// The source of serial numbers.
  let random: () -> UInt64
  var state = State.idle
  var observed = ObservedState()
  private var consecutiveWrites = 0
  private var consecutiveFailures = 0

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

// Events.
extension Reconciler {
  /// Handles the response of the API server.
  package mutating func responded(_ status: Int, _ body: [UInt8], at now: Int64) -> Action {
    switch (state, status) {
    case (.reading(let object), 404): return store(nil, as: object, at: now)
    case (.reading(let object), 200):
      guard let value = try? JSONValue(parsing: body) else { return failed(.malformed, at: now) }
      return store(value, as: object, at: now)
    case (.detecting, 200...299):
      guard let value = try? JSONValue(parsing: body) else { return failed(.malformed, at: now) }
      return listNodes(keepsMatchConditions: WebhookConfiguration(object: value).hasMatchConditions)
    // An API server that does not know the field may reject the object.
    case (.detecting, 400), (.detecting, 422): return listNodes(keepsMatchConditions: false)
    case (.listingNodes(let isKept), 200):
      guard let nodes = try? JSONValue(parsing: body) else { return failed(.malformed, at: now) }
      observed.matching = (isKept && nodes.kubeletsKnowMatchConditions ? .matchConditions : .objectSelector, at: now)
      return decide(at: now)
    case (.writing(let step), 200...299):
      written(step, body, at: now)
      return begin()
    // The namespace does not exist.
    case (.writing(.createNextCA), 404) where observed.secret == nil: return rejected(status, body, at: now)
    // The object was deleted or changed after it was read.
    case (.writing, 404), (.writing, 409): return failed(.conflict, at: now)
    default: return rejected(status, body, at: now)
    }
  }

  private mutating func rejected(_ status: Int, _ body: [UInt8], at now: Int64) -> Action {
    failed(ReconcileFailure(status: status, body: body), at: now)
  }

  /// Handles a request without a response.
  package mutating func requestFailed(_ reason: String, at now: Int64) -> Action {
    failed(.noResponse(reason), at: now)
  }

  /// Handles the result of a probe: an error if no pod responded.
  package mutating func probed(error: String?, at now: Int64) -> Action {
    guard case .probing = state else { preconditionFailure("a probe result needs a probe") }
    guard let error else {
      observed.hasServed = true
      return decide(at: now)
    }
    return finish(.webhookUnavailable(error), requeueAfter: RegistrationLimits.probeInterval, at: now)
  }
}

// Steps.
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
    // failurePolicy stays Fail after a successful probe, even if one of the objects is reset.
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
      consecutiveWrites += 1
      if consecutiveWrites > RegistrationLimits.maxConsecutiveWrites { return failed(.overwritten, at: now) }
      state = .writing(step)
      return .request(request, .write(step))
    }
  }

  private mutating func listNodes(keepsMatchConditions: Bool) -> Action {
    state = .listingNodes(keepsMatchConditions: keepsMatchConditions)
    let path = "/api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fcontrol-plane&limit=50"
    return .request(APIRequest(path: path), .listControlPlaneNodes)
  }

  /// Updates the state after a successful write.
  private mutating func written(_ step: ReconcileStep, _ body: [UInt8], at now: Int64) {
    consecutiveFailures = 0
    switch step {
    case .applyConfiguration:
      observed.propagation = nil
      // The response may be of another API server, which does not keep the field.
      let stored = (try? JSONValue(parsing: body)).map(WebhookConfiguration.init)
      if observed.matching?.0 == .matchConditions, stored?.hasMatchConditions == false {
        observed.matching = (.objectSelector, at: now)
      }
    case .createNextCA, .activateNextCA: observed.rotatesCA = false
    default: break
    }
  }

  private mutating func failed(_ failure: ReconcileFailure, at now: Int64) -> Action {
    consecutiveFailures += 1
    let delays = RegistrationLimits.retryDelays
    let delay =
      failure.needsOperator ? RegistrationLimits.operatorDelay : delays[min(consecutiveFailures, delays.count) - 1]
    if case .overwritten = failure { consecutiveWrites = 0 }
    return finish(.failed(failure), requeueAfter: delay, at: now)
  }

  private mutating func finish(_ outcome: RoundResult.Outcome, requeueAfter delay: Duration, at now: Int64) -> Action {
    state = .idle
    if case .failed = outcome {} else { (consecutiveWrites, consecutiveFailures) = (0, 0) }
    let status = RegistrationStatus(observed, at: now)
    return .finished(RoundResult(outcome: outcome, requeueAfter: delay, status: status))
  }
}
