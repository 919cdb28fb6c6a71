package import Rules

/// Responds to reviews: decodes the request, evaluates the change and encodes the response.
package struct Reviewer: Sendable {
  /// The two webhooks that are registered with the API server.
  package enum Webhook: String, Sendable {
    case validate
    case mutate
  }

  package struct Response: Sendable {
    package let request: AdmissionRequest
    package let outcome: Outcome
    /// The response's JSON.
    package let body: [UInt8]
  }

  private let ruleset: Ruleset

  package init(ruleset: Ruleset) {
    self.ruleset = ruleset
  }

  /// The steps before the response is encoded.
  package enum Stage {
    case decode
    case evaluate
  }

  /// - Parameter finish: Called at the end of each stage, for a caller that times them.
  /// - Throws: ``ReviewError`` when the body is not a review.
  package func respond(
    to body: Span<UInt8>, for webhook: Webhook, in cluster: () throws(UnavailableError) -> SharedFacts,
    finish: (Stage) -> Void = { _ in }
  ) throws(ReviewError) -> Response {
    let request = try ReviewDecoder.decode(body)
    finish(.decode)
    let outcome = evaluate(request, for: webhook, in: cluster)
    finish(.evaluate)
    let response = ReviewEncoder.encode(outcome, uid: request.uid)
    return Response(request: request, outcome: outcome, body: response)
  }

  /// Evaluates a decoded request.
  package func evaluate(
    _ request: AdmissionRequest, for webhook: Webhook, in cluster: () throws(UnavailableError) -> SharedFacts
  ) -> Outcome {
    guard let change = request.change else { return .allowed(warnings: []) }
    switch webhook {
    case .validate: return validate(change, in: cluster)
    case .mutate: return mutate(change, in: cluster)
    }
  }

  private func validate(_ change: Change, in cluster: () throws(UnavailableError) -> SharedFacts) -> Outcome {
    do {
      switch try ruleset.evaluate(change, in: cluster) {
      case .allowed(let warnings): return .allowed(warnings: warnings)
      case .denied(let violations, let warnings): return .denied(violations, warnings: warnings)
      }
    } catch {
      return .unavailable(error)
    }
  }

  /// Denies what /validate would deny of the patched object, with the same message: mutation comes first, so the client
  /// gets these reasons and not those of the first validating webhook to respond. Warnings are left to /validate, which
  /// reviews everything that is not denied here.
  private func mutate(_ change: Change, in cluster: () throws(UnavailableError) -> SharedFacts) -> Outcome {
    // A denial would replace the conflict, which clients retry, Harvester's controller too.
    if change.isConflict { return .allowed(warnings: []) }
    let operations = change.patch
    switch validate(change.applying(operations), in: cluster) {
    case .allowed: return operations.isEmpty ? .allowed(warnings: []) : .patched(operations)
    case .denied(let violations, _): return .denied(violations, warnings: [])
    case .unavailable(let unavailableError): return .unavailable(unavailableError)
    case .patched(let operations): return .patched(operations)
    }
  }
}
