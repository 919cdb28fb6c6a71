internal import Admission
internal import HTTPWire
internal import Logging
internal import Platform
internal import Rules
internal import WebhookCore

/// Routes a request and returns its response.
struct RequestHandler: Sendable {
  let reviewer: Reviewer
  let state: ServerState
  let log: Logger
  /// A copy of the logger's level: reading the logger's own copies its box for every review.
  private let minimumLogLevel: Logger.Level

  init(reviewer: Reviewer, state: ServerState, log: Logger) {
    self.reviewer = reviewer
    self.state = state
    self.log = log
    minimumLogLevel = log.logLevel
  }

  /// - Parameters:
  ///   - client: The name in the client certificate, where one is required.
  ///   - context: That of the calling event loop.
  func respond(to request: borrowing HTTPRequest, from client: String?, on context: EventLoopContext) -> HTTPResponse {
    guard let route = Route(path: request.path) else { return .error(.notFound, "no such path") }
    switch (route, request.method) {
    case (.validate, .post): return review(request, by: .validate, from: client, on: context)
    case (.mutate, .post): return review(request, by: .mutate, from: client, on: context)
    case (.healthz, .get), (.healthz, .head): return .text(.ok, "ok\n")
    case (.readyz, .get), (.readyz, .head): return readiness
    case (.metrics, .get), (.metrics, .head): return metricsResponse(for: context)
    case (.validate, _), (.mutate, _): return .methodNotAllowed("POST")
    case (.healthz, _), (.readyz, _), (.metrics, _): return .methodNotAllowed("GET, HEAD")
    }
  }

  private func review(
    _ request: borrowing HTTPRequest, by webhook: Reviewer.Webhook, from client: String?, on context: EventLoopContext
  ) -> HTTPResponse {
    guard isJSON(request.contentType) else {
      return .error(.unsupportedMediaType, "the content type must be application/json")
    }
    do throws(ReviewError) {
      let shouldSampleStages = context.clock.shouldSampleStages()
      let start = shouldSampleStages ? MonotonicInstant.now : nil
      let review = try ReviewDecoder.decode(request.body)
      let decoded = shouldSampleStages ? MonotonicInstant.now : nil
      let outcome = reviewer.evaluate(review, for: webhook) { () throws(UnavailableError) in
        try state.facts.currentFacts()
      }
      let evaluated = shouldSampleStages ? MonotonicInstant.now : nil
      let body = ReviewEncoder.encode(outcome, uid: review.uid)
      context.clock.countReview()
      if let start, let decoded, let evaluated {
        context.metrics.decodeDuration.add(start, decoded)
        context.metrics.evaluateDuration.add(decoded, evaluated)
      }
      context.metrics.reviews.count(webhook, review.operation, outcome)
      record(review, outcome, by: webhook, from: client, since: context.clock.iterationStart)
      return HTTPResponse(status: .ok, contentType: .json, body: body)
    } catch {
      state.metrics.invalidReviews.add(1)
      return .error(.badRequest, error.explanation)
    }
  }

  private var readiness: HTTPResponse {
    let reasons = state.notReadyReasons
    let kinds = state.facts.live?.readiness ?? ""
    guard !reasons.isEmpty else { return .text(.ok, "ready\n" + kinds) }
    return .text(.serviceUnavailable, "not ready\n" + reasons.map { "- \($0)\n" }.joined() + kinds)
  }

  /// Cached per iteration: the body costs more than anything else that a request of a few bytes can cause.
  private func metricsResponse(for context: EventLoopContext) -> HTTPResponse {
    if let cached = context.cachedMetrics { return cached }
    var exposition = Exposition()
    state.write(to: &exposition)
    let response = HTTPResponse(status: .ok, contentType: .prometheus, body: exposition.bytes)
    context.cachedMetrics = response
    return response
  }

  /// Counts violations and warnings, and logs the review: a plain allowed one at level debug.
  private func record(
    _ review: AdmissionRequest, _ outcome: Outcome, by webhook: Reviewer.Webhook, from client: String?,
    since received: MonotonicInstant
  ) {
    let level: Logger.Level
    switch outcome {
    case .allowed(let warnings):
      for warning in warnings { state.metrics.warnings.add(warning.rule) }
      level = .debug
    case .patched:
      level = .info
    case .denied(let violations, let warnings):
      for rule in Set(violations.map(\.rule)) { state.metrics.violations.add(rule) }
      for warning in warnings { state.metrics.warnings.add(warning.rule) }
      level = .info
    case .unavailable:
      level = .warning
    }
    guard level >= minimumLogLevel else { return }
    let line = ReviewLogEntry(
      webhook: webhook, client: client, review: review, outcome: outcome, duration: .now - received)
    log.log(level: level, "review", metadata: line.metadata)
  }
}

/// Returns whether the type is `application/json`, in any case and with any parameters (RFC 9110 section 8.3.1).
func isJSON(_ contentType: Span<UInt8>) -> Bool {
  let expected: StaticString = "application/json"
  let length = expected.utf8CodeUnitCount
  guard contentType.count >= length, contentType.extracting(first: length).equals(lowercase: expected) else {
    return false
  }
  // White space is allowed between the type and its first semicolon.
  var index = length
  while index < contentType.count, contentType[index] == 0x20 || contentType[index] == 0x09 { index += 1 }
  return index == contentType.count || contentType[index] == UInt8(ascii: ";")
}
