@testable import HTTPWire

/// A session with a handler that echoes the request.
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

  /// The output since the last call.
  mutating func takeOutput() -> String {
    defer { output = [] }
    return String(decoding: output, as: UTF8.self)
  }

  /// The whole output for these pieces, and the final state.
  static func responses(to pieces: [[UInt8]]) -> (output: String, state: SessionState) {
    var harness = HTTP1Harness()
    for piece in pieces where !piece.isEmpty {
      harness.receive(piece)
      if harness.state == .closing { break }
    }
    return (harness.takeOutput(), harness.state)
  }
}

/// Responds with method, path, content type and body, one on each line.
func echo(_ request: borrowing HTTPRequest) -> HTTPResponse {
  var body = Array("\(request.method) ".utf8)
  for span in [0, 1, 2] {
    let bytes = span == 0 ? request.path : span == 1 ? request.contentType : request.body
    body += bytes.indices.map { bytes[$0] }
    body.append(UInt8(ascii: "|"))
  }
  return HTTPResponse(status: .ok, contentType: .plainText, body: body)
}

/// The bytes of a response.
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
