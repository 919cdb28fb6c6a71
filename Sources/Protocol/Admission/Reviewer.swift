package import Rules

/// Answers reviews: bytes of a request in, bytes of a response out, with the judgement in between.
package struct Reviewer: Sendable {
  /// The two webhooks that are registered with the API server.
  package enum Webhook: String, Sendable {
    case validate
    case mutate
  }

  package struct Answer: Sendable {
    package let request: AdmissionRequest
    package let outcome: Outcome
    /// The response's JSON.
    package let body: [UInt8]
  }

  private let ruleset: Ruleset

  package init(ruleset: Ruleset) {
    self.ruleset = ruleset
  }

  /// - Throws: ``ReviewError`` when the body is no review; everything else is an answer.
  package func answer(
    _ body: Span<UInt8>, for webhook: Webhook, in cluster: () throws(UnavailableError) -> SharedFacts
  ) throws(ReviewError) -> Answer {
    let request = try ReviewDecoder.decode(body)
    let outcome = decide(request, for: webhook, in: cluster)
    let response = ReviewEncoder.encode(outcome, uid: request.uid)
    return Answer(request: request, outcome: outcome, body: response)
  }

  /// The middle of the three steps, for callers that take the time of each.
  package func decide(
    _ request: AdmissionRequest, for webhook: Webhook, in cluster: () throws(UnavailableError) -> SharedFacts
  ) -> Outcome {
    switch webhook {
    case .validate: validate(request, in: cluster)
    case .mutate: mutate(request)
    }
  }

  private func validate(
    _ request: AdmissionRequest, in cluster: () throws(UnavailableError) -> SharedFacts
  ) -> Outcome {
    guard let change = request.change else { return .allowed(warnings: []) }
    do {
      switch try ruleset.evaluate(change, in: cluster) {
      case .allowed(let warnings): return .allowed(warnings: warnings)
      case .denied(let violations, let warnings): return .denied(violations, warnings: warnings)
      }
    } catch {
      return .unavailable(error)
    }
  }

  private func mutate(_ request: AdmissionRequest) -> Outcome {
    guard let change = request.change, let value = change.normalizedValue else { return .allowed(warnings: []) }
    return .patched(value: value, replacesValue: change.new.hasValue)
  }
}
