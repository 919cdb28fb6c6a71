/// One request; valid only during the handler's call.
package struct HTTPRequest: ~Escapable, ~Copyable {
  package let method: HTTPMethod
  /// The path without the query, and without the scheme and host of an absolute URL.
  package let path: Span<UInt8>
  /// Empty without the field.
  package let contentType: Span<UInt8>
  package let body: Span<UInt8>

  @_lifetime(copy path, copy contentType, copy body)
  init(method: HTTPMethod, path: Span<UInt8>, contentType: Span<UInt8>, body: Span<UInt8>) {
    self.method = method
    self.path = path
    self.contentType = contentType
    self.body = body
  }
}

/// The methods that the server distinguishes (RFC 9110 section 9); any other token is `other`.
package enum HTTPMethod: Sendable {
  case get
  case head
  case post
  case other

  init(_ token: Span<UInt8>) {
    if token.equals("POST") {
      self = .post
    } else if token.equals("GET") {
      self = .get
    } else if token.equals("HEAD") {
      self = .head
    } else {
      self = .other
    }
  }
}

/// The response to one request, without date and length, which are added when it is written.
package struct HTTPResponse: Sendable {
  package enum ContentType: Sendable {
    case json
    case plainText
    /// The text format of Prometheus.
    case prometheus

    var text: StaticString {
      switch self {
      case .json: "application/json"
      case .plainText: "text/plain; charset=utf-8"
      case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
      }
    }
  }

  package var status: HTTPStatus
  package var contentType: ContentType
  /// The methods that a path supports, for a 405.
  package var allow: StaticString?
  package var body: [UInt8]

  package init(status: HTTPStatus, contentType: ContentType, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// Returns `{"error":"…"}`; the explanation is a constant of this program, so only quotes and backslashes need an
  /// escape.
  package static func error(_ status: HTTPStatus, _ explanation: String) -> HTTPResponse {
    var text = ""
    for character in explanation {
      if character == "\"" || character == "\\" { text.append("\\") }
      text.append(character)
    }
    return HTTPResponse(status: status, contentType: .json, body: Array("{\"error\":\"\(text)\"}\n".utf8))
  }

  static func error(_ reason: HTTPRejection) -> HTTPResponse { .error(reason.status, reason.explanation) }
}

/// The status codes that this server sends (RFC 9110 section 15).
package enum HTTPStatus: Int, Sendable {
  case ok = 200
  case badRequest = 400
  case notFound = 404
  case methodNotAllowed = 405
  case contentTooLarge = 413
  case uriTooLong = 414
  case unsupportedMediaType = 415
  case expectationFailed = 417
  case requestHeaderFieldsTooLarge = 431
  case notImplemented = 501
  case serviceUnavailable = 503
  case httpVersionNotSupported = 505

  /// The status line of HTTP/1.1, without its line end.
  var line: StaticString {
    switch self {
    case .ok: "HTTP/1.1 200 OK"
    case .badRequest: "HTTP/1.1 400 Bad Request"
    case .notFound: "HTTP/1.1 404 Not Found"
    case .methodNotAllowed: "HTTP/1.1 405 Method Not Allowed"
    case .contentTooLarge: "HTTP/1.1 413 Content Too Large"
    case .uriTooLong: "HTTP/1.1 414 URI Too Long"
    case .unsupportedMediaType: "HTTP/1.1 415 Unsupported Media Type"
    case .expectationFailed: "HTTP/1.1 417 Expectation Failed"
    case .requestHeaderFieldsTooLarge: "HTTP/1.1 431 Request Header Fields Too Large"
    case .notImplemented: "HTTP/1.1 501 Not Implemented"
    case .serviceUnavailable: "HTTP/1.1 503 Service Unavailable"
    case .httpVersionNotSupported: "HTTP/1.1 505 HTTP Version Not Supported"
    }
  }
}
