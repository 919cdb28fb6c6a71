internal import Admission
internal import HTTPWire
internal import Logging
internal import Rules

/// What the server answers to a request: the routes, and which request fits which.
struct Endpoints: Sendable {
  let reviewer: Reviewer
  let state: ServerState
  let log: Logger

  func answer(_ request: borrowing HTTPRequest) -> HTTPResponse {
    guard let route = Route(path: request.path) else { return .error(.notFound, "there is nothing at this path") }
    switch (route, request.method) {
    case (.validate, .post): return review(request, by: .validate)
    case (.mutate, .post): return review(request, by: .mutate)
    case (.healthz, .get), (.healthz, .head): return .text(.ok, "ok\n")
    case (.readyz, .get), (.readyz, .head): return readiness
    case (.metrics, .get), (.metrics, .head): return metrics
    case (.validate, _), (.mutate, _): return .methodNotAllowed("POST")
    case (.healthz, _), (.readyz, _), (.metrics, _): return .methodNotAllowed("GET, HEAD")
    }
  }

  private func review(_ request: borrowing HTTPRequest, by webhook: Reviewer.Webhook) -> HTTPResponse {
    guard isJSON(request.contentType) else {
      return .error(.unsupportedMediaType, "the content type has to be application/json")
    }
    do throws(ReviewError) {
      let answer = try reviewer.answer(request.body, for: webhook) { () throws(Fault) in try state.cluster.facts() }
      state.metrics.count(webhook, answer.outcome)
      note(answer, by: webhook)
      return HTTPResponse(status: .ok, contentType: .json, body: answer.body)
    } catch {
      state.metrics.unreadableReviews.add(1)
      return .error(.badRequest, error.explanation)
    }
  }

  private var readiness: HTTPResponse {
    let reasons = state.reasonsAgainstReadiness
    let kinds = state.cluster.live?.readiness ?? ""
    guard !reasons.isEmpty else { return .text(.ok, "ready\n" + kinds) }
    return .text(.serviceUnavailable, "not ready\n" + reasons.map { "- \($0)\n" }.joined() + kinds)
  }

  private var metrics: HTTPResponse {
    HTTPResponse(
      status: .ok, contentType: .prometheus,
      body: Array(
        (state.metrics.exposition(isReady: state.reasonsAgainstReadiness.isEmpty)
          + (state.cluster.live?.exposition ?? "")).utf8))
  }

  /// One line a review that was not simply allowed; what was allowed is told on level debug.
  private func note(_ answer: Reviewer.Answer, by webhook: Reviewer.Webhook) {
    let level: Logger.Level =
      switch answer.outcome {
      case .allowed: .debug
      case .patched, .denied: .info
      case .undecided: .warning
      }
    guard level >= log.logLevel else { return }
    log.log(level: level, "review", metadata: answer.metadata(for: webhook))
  }
}

/// The paths that exist.
enum Route {
  case validate
  case mutate
  case healthz
  case readyz
  case metrics

  init?(path: Span<UInt8>) {
    if path.equals("/validate") {
      self = .validate
    } else if path.equals("/mutate") {
      self = .mutate
    } else if path.equals("/healthz") {
      self = .healthz
    } else if path.equals("/readyz") {
      self = .readyz
    } else if path.equals("/metrics") {
      self = .metrics
    } else {
      return nil
    }
  }
}

/// `application/json`, in any case and with any parameters (RFC 9110 section 8.3.1).
func isJSON(_ contentType: Span<UInt8>) -> Bool {
  let expected: StaticString = "application/json"
  let length = expected.utf8CodeUnitCount
  guard contentType.count >= length, contentType.extracting(first: length).equals(expected, ignoringCase: true) else {
    return false
  }
  return contentType.count == length || [UInt8(ascii: ";"), UInt8(ascii: " ")].contains(contentType[length])
}

extension Span<UInt8> {
  func equals(_ literal: StaticString, ignoringCase: Bool = false) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for index in indices {
      var byte = self[index]
      if ignoringCase, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { byte |= 0x20 }
      // Sound: `index` is below the literal's count, which equals this one.
      guard unsafe byte == literal.utf8Start[index] else { return false }
    }
    return true
  }
}

extension HTTPResponse {
  static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
    HTTPResponse(status: status, contentType: .plainText, body: Array(text.utf8))
  }

  static func methodNotAllowed(_ allowed: StaticString) -> HTTPResponse {
    var response = error(.methodNotAllowed, "the method has to be \(allowed)")
    response.allow = allowed
    return response
  }
}
