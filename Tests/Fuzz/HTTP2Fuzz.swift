import HTTPWire

/// With any input after the preface, the output is limited, and a closed session stays closed.
func checkHTTP2(_ input: [UInt8]) -> String? {
  let session = HTTPSession.http2(HTTP2Session())
  let date = HTTPDate(secondsSince1970: 0)
  var state = SessionState.idle
  var rest = (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + input)[...]
  while !rest.isEmpty, state != .closing {
    // The first byte of each piece is its length; some exceed the limit of an iteration.
    let piece = rest.prefix(8 * Int(rest[rest.startIndex]) + 1)
    rest = rest.dropFirst(piece.count)
    var output: [UInt8] = []
    state = session.receive(piece.span, at: date, output: &output, handler: echoResponse)
    while state == .paused { state = session.resume(at: date, output: &output, handler: echoResponse) }
    // A response to each stream, and a reply to each frame.
    if output.count > 64 * 1024 + 64 * input.count {
      return "\(piece.count) bytes of input cause output of \(output.count)"
    }
    if state == .head { return "the state \(state) belongs to HTTP/1.1" }
  }
  if state == .closing, session.rejection == nil, !input.contains(7) {
    return "the session ended without a reason"
  }
  var output: [UInt8] = []
  if state != .closing { _ = session.shutDownGracefully(output: &output) }
  return nil
}
