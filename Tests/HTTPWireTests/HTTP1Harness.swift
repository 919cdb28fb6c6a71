@testable import HTTPWire

/// A session with an endpoint that tells back what it was asked.
struct HTTP1Harness {
  private let session = HTTP1Session()
  private(set) var output: [UInt8] = []
  private(set) var state = SessionState.idle
  var rejection: HTTPRejection? { session.rejection }

  static let date = HTTPDate(secondsSince1970: 1_795_493_821)

  mutating func receive(_ bytes: [UInt8]) {
    state = session.receive(bytes.span, at: Self.date, output: &output, handler: echo)
  }

  mutating func receive(_ text: String) { receive(Array(text.utf8)) }

  mutating func shutDownGracefully() { state = session.shutDownGracefully() }

  /// What was answered since the last time.
  mutating func takeOutput() -> String {
    defer { output = [] }
    return String(decoding: output, as: UTF8.self)
  }

  /// Everything that is answered to these pieces, and the state at the end.
  static func answers(to pieces: [[UInt8]]) -> (output: String, state: SessionState) {
    var harness = HTTP1Harness()
    for piece in pieces where !piece.isEmpty {
      harness.receive(piece)
      if harness.state == .closing { break }
    }
    return (harness.takeOutput(), harness.state)
  }
}

/// Answers with method, path, content type and body in one line each.
func echo(_ request: borrowing HTTPRequest) -> HTTPResponse {
  var body = Array("\(request.method) ".utf8)
  for span in [0, 1, 2] {
    let bytes = span == 0 ? request.path : span == 1 ? request.contentType : request.body
    body += bytes.indices.map { bytes[$0] }
    body.append(UInt8(ascii: "|"))
  }
  return HTTPResponse(status: .ok, contentType: .plainText, body: body)
}

/// A response as it stands on the wire.
func response(_ body: String, closes: Bool = false, withBody: Bool = true) -> String {
  """
  HTTP/1.1 200 OK\r
  Date: Tue, 24 Nov 2026 04:17:01 GMT\r
  Content-Type: text/plain; charset=utf-8\r
  Content-Length: \(body.utf8.count)\(closes ? "\r\nConnection: close" : "")\r
  \r
  \(withBody ? body : "")
  """
}
