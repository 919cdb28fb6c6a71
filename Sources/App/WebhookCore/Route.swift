package import HTTPWire

/// The paths that are served.
package enum Route {
  case validate
  case mutate
  case healthz
  case readyz
  case metrics

  package init?(path: Span<UInt8>) {
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

extension HTTPResponse {
  package static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
    HTTPResponse(status: status, contentType: .plainText, body: Array(text.utf8))
  }

  package static func methodNotAllowed(_ allowed: StaticString) -> HTTPResponse {
    var response = error(.methodNotAllowed, "the method must be \(allowed)")
    response.allow = allowed
    return response
  }
}
