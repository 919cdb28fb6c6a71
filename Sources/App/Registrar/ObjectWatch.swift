internal import ClusterState
internal import KubeClient
internal import Platform
internal import Registration

/// Watches one object for changes; a reconciliation reads its current state.
struct ObjectWatch {
  private enum State {
    case waiting(until: MonotonicInstant)
    case watching(since: MonotonicInstant)
    /// The status is not 200; the body has the reason.
    case errorResponse(Int, text: [UInt8])
  }

  let object: ManagedObject
  private let options: RegistrationOptions
  private var state = State.waiting(until: MonotonicInstant(nanoseconds: 0))
  /// Whether the object may have changed since this was last set to false.
  var hasChanged = false
  /// Why the last attempt failed; nil while the object is watched.
  private(set) var error: String?

  /// The API server ends a watch after this time; a new watch triggers a new comparison.
  private static let duration: Duration = .seconds(240)
  private static let gracePeriod: Duration = .seconds(15)
  private static let retryDelay: Duration = .seconds(1)
  private static let maxReason = 4096

  init(_ object: ManagedObject, _ options: RegistrationOptions) {
    self.object = object
    self.options = options
  }

  var nextWakeup: MonotonicInstant {
    switch state {
    case .waiting(let moment): moment
    case .watching(let since): since + Self.duration + Self.gracePeriod
    case .errorResponse: .now + Self.gracePeriod
    }
  }

  /// Returns the request to begin the watch, if it is due.
  mutating func begin(at now: MonotonicInstant) -> APIRequest? {
    guard case .waiting(let moment) = state, moment <= now else { return nil }
    state = .watching(since: now)
    return object.watch(options, for: Self.duration)
  }

  /// Returns whether the API server has not ended the watch in time, so that the connection is dead.
  mutating func isSilent(at now: MonotonicInstant) -> Bool {
    guard case .watching = state, now >= nextWakeup else { return false }
    failed("the watch did not end in time", at: now)
    return true
  }

  mutating func handle(_ event: borrowing TransferEvent, at now: MonotonicInstant) {
    switch event {
    case .responded(200):
      error = nil
      // A watch does not report deletions from before its start.
      hasChanged = true
    case .responded(let status): state = .errorResponse(status, text: [])
    case .received(let bytes): receive(bytes)
    case .ended: end(at: now)
    case .failed(let reason): failed(reason, at: now)
    }
  }

  private mutating func receive(_ bytes: Span<UInt8>) {
    guard case .errorResponse(let status, var text) = state else {
      hasChanged = true
      return
    }
    if text.count < Self.maxReason { unsafe bytes.withUnsafeBytes { unsafe text.append(contentsOf: $0) } }
    state = .errorResponse(status, text: text)
  }

  private mutating func end(at now: MonotonicInstant) {
    switch state {
    case .watching(let since): state = .waiting(until: max(now, since + Self.retryDelay))
    case .errorResponse(404, _):
      // The kind is not installed; the reconciler works without it.
      state = .waiting(until: now + RegistrationLimits.operatorDelay)
    case .errorResponse(let status, let text):
      let failure = ReconcileFailure(status: status, body: text)
      error = failure.explanation
      state = .waiting(until: now + (failure.needsOperator ? RegistrationLimits.operatorDelay : Self.retryDelay))
    case .waiting: break
    }
  }

  private mutating func failed(_ reason: String, at now: MonotonicInstant) {
    error = "the API server does not respond: \(reason)"
    state = .waiting(until: now + Self.retryDelay)
  }
}
