internal import CertificateAuthority
internal import JSON

/// Brings the certificates into order, one request after the other, and knows nothing between two of its rounds: each
/// begins with reading what is stored, does the one next step, and reads again. So it does not matter who else works on
/// the same objects, nor after which request somebody stopped.
///
/// Writes carry the resourceVersion of what was read; the API server refuses one that would overwrite another's.
package struct CustodyMachine {
  package enum Action: Equatable {
    case request(CustodyRequest)
    case wait(Duration)
    /// Find out whether the webhook answers under a certificate of these authorities (PEM).
    case probe(authorities: [UInt8])
    /// Everything is in order until then, in seconds since 1970.
    case rest(until: Int64)
    case failed(String)
  }

  private enum State {
    case readingSecret
    case readingConfiguration(ConfigurationKind, SecretRecord?, ConfigurationRecord?)
    case writing(CustodyStep)
    case settling
    case probing(Holdings)
    /// Before another round.
    case pausing
  }

  private let terms: CustodyTerms
  /// Serial numbers.
  private let random: () -> UInt64
  private var state = State.readingSecret
  private var hasSettled = false
  private var rotates: Bool
  /// Failures in a row.
  private var failures = 0

  package init(_ terms: CustodyTerms, rotates: Bool = false, random: @escaping () -> UInt64) {
    self.terms = terms
    self.rotates = rotates
    self.random = random
  }

  /// Between two attempts, and how many there are: a webhook whose image has to be pulled first is there within
  /// minutes, as are the objects of the same `kubectl apply`.
  package static let pause: Duration = .seconds(2)
  package static let attempts = 150
}

// The events.
extension CustodyMachine {
  package mutating func begin() -> Action {
    state = .readingSecret
    return .request(.read(terms.secretPath))
  }

  /// The API server has answered.
  package mutating func answered(_ status: Int, _ body: [UInt8], at now: Int64) -> Action {
    switch (state, status) {
    case (.readingSecret, 404):
      return read(.validating, nil, nil)
    case (.readingSecret, 200):
      guard let object = try? JSONValue(parsing: body) else { return again("the API server's answer is no JSON") }
      return read(.validating, SecretRecord(object), nil)
    case (.readingConfiguration(let kind, let secret, let validating), 200):
      guard let object = try? JSONValue(parsing: body) else { return again("the API server's answer is no JSON") }
      guard let validating else { return read(.mutating, secret, ConfigurationRecord(object)) }
      assert(kind == .mutating)
      return decide(
        Holdings(secret: secret, validating: validating, mutating: ConfigurationRecord(object)), at: now)
    case (.readingConfiguration(let kind, _, _), 404):
      return again("there is no \(kind.rawValue) \(terms.configuration)")
    case (.writing(let step), 200...299):
      note(step)
      return begin()
    case (.writing, 409):
      return again("another client keeps changing the same objects")
    case (_, 401), (_, 403), (_, 422):
      return .failed(explanation(status, body))
    case (.writing(.prepareAuthority), 404):
      return again("there is no namespace \(terms.namespace)")
    default:
      return again(explanation(status, body))
    }
  }

  /// There was no answer.
  package mutating func unanswered(_ reason: String) -> Action {
    again("the API server does not answer: \(reason)")
  }

  package mutating func waited() -> Action {
    if case .settling = state { hasSettled = true }
    return begin()
  }

  /// The webhook was asked; a trouble tells why there was no answer.
  package mutating func probed(trouble: String?) -> Action {
    guard case .probing(var holdings) = state else { preconditionFailure("only who probes is told of it") }
    if let trouble { return again("the webhook does not answer, so nothing is refused without it: \(trouble)") }
    holdings.validating.isEnforced = true
    return write(.enforce, put(.validating, holdings, "refuse changes while the webhook cannot be asked"))
  }
}

// The steps.
extension CustodyMachine {
  private mutating func read(
    _ kind: ConfigurationKind, _ secret: SecretRecord?, _ validating: ConfigurationRecord?
  ) -> Action {
    state = .readingConfiguration(kind, secret, validating)
    return .request(.read(terms.path(of: kind)))
  }

  private mutating func decide(_ holdings: Holdings, at now: Int64) -> Action {
    var holdings = holdings
    let step = holdings.nextStep(terms, at: now, hasSettled: hasSettled, rotates: rotates)
    switch step {
    case .prepareAuthority:
      var secret = holdings.secret ?? SecretRecord(name: terms.secret, namespace: terms.namespace)
      secret.prepareAuthority(terms, at: now, serial: random() | 1)
      return write(step, put(secret, exists: holdings.secret != nil, "make a new authority"))
    case .trust(let kind):
      holdings[kind].trust(holdings.authorities(at: now), at: now)
      return write(step, put(kind, holdings, "let the API server trust the authority"))
    case .settle:
      state = .settling
      return .wait(CustodyTerms.settling)
    case .promote, .issue:
      guard var secret = holdings.secret else { return again("the Secret is gone") }
      step == .promote
        ? secret.promote(terms, at: now, serial: random() | 1) : secret.issue(terms, at: now, serial: random())
      return write(step, put(secret, exists: true, "sign a serving certificate"))
    case .enforce:
      state = .probing(holdings)
      return .probe(authorities: holdings.authorities(at: now).flatMap(\.pem))
    case .rest(let moment):
      return .rest(until: moment)
    }
  }

  private mutating func write(_ step: CustodyStep, _ request: CustodyRequest) -> Action {
    state = .writing(step)
    return .request(request)
  }

  private func put(_ secret: SecretRecord, exists: Bool, _ purpose: String) -> CustodyRequest {
    CustodyRequest(
      method: exists ? .put : .post, path: exists ? terms.secretPath : terms.secretsPath, body: secret.json,
      purpose: purpose)
  }

  private func put(_ kind: ConfigurationKind, _ holdings: Holdings, _ purpose: String) -> CustodyRequest {
    CustodyRequest(method: .put, path: terms.path(of: kind), body: holdings[kind].json, purpose: purpose)
  }

  /// What was written changes what has to be done after it.
  private mutating func note(_ step: CustodyStep) {
    failures = 0
    switch step {
    case .trust: hasSettled = false
    case .prepareAuthority: rotates = false
    case .settle, .promote, .issue, .enforce, .rest: break
    }
  }

  private mutating func again(_ reason: String) -> Action {
    failures += 1
    guard failures < Self.attempts else { return .failed(reason) }
    state = .pausing
    return .wait(Self.pause)
  }

  /// The API server's own words, if it has some.
  private func explanation(_ status: Int, _ body: [UInt8]) -> String {
    guard let message = (try? JSONValue(parsing: body))?["message"]?.string else {
      return "the API server answers with status \(status)"
    }
    return "the API server answers with status \(status): \(message)"
  }
}
