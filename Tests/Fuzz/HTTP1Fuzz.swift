import HTTPWire

/// Every split of the bytes gives the same responses and the same end of the connection.
func checkHTTP1(_ input: [UInt8]) -> String? {
  let whole = runSession(input, inPiecesOf: { _ in input.count })
  let single = runSession(input, inPiecesOf: { _ in 1 })
  if whole != single { return "byte by byte it is \(single), at once \(whole)" }
  let fragmented = runSession(input, inPiecesOf: { offset in Int(input[offset] % 7) + 1 })
  if whole != fragmented { return "in pieces it is \(fragmented), at once \(whole)" }
  return nil
}

private struct SessionResult: Equatable {
  var output: [UInt8] = []
  var state = SessionState.idle
  var rejection: HTTPRejection?
}

private func runSession(_ input: [UInt8], inPiecesOf length: (Int) -> Int) -> SessionResult {
  let session = HTTPSession.http1(HTTP1Session())
  let date = HTTPDate(secondsSince1970: 0)
  var result = SessionResult()
  var offset = 0
  while offset < input.count, result.state != .closing {
    let end = min(input.count, offset + length(offset))
    var output: [UInt8] = []
    result.state = session.receive(input[offset..<end].span, at: date, output: &output, handler: echoResponse)
    result.output += output
    while result.state == .paused {
      output = []
      result.state = session.resume(at: date, output: &output, handler: echoResponse)
      result.output += output
    }
    offset = end
  }
  result.rejection = session.rejection
  // An interim response depends on whether the body had arrived.
  result.output = result.output.removing(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
  return result
}

/// Method, path, type and body, so that any difference is visible.
func echoResponse(_ request: borrowing HTTPRequest) -> HTTPResponse {
  var body = Array("\(request.method) ".utf8)
  let (path, type, content) = (request.path, request.contentType, request.body)
  for index in path.indices { body.append(path[index]) }
  body.append(UInt8(ascii: "|"))
  for index in type.indices { body.append(type[index]) }
  body.append(UInt8(ascii: "|"))
  for index in content.indices { body.append(content[index]) }
  return HTTPResponse(status: .ok, contentType: .plainText, body: body)
}

extension [UInt8] {
  fileprivate func removing(_ part: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    var offset = 0
    while offset < count {
      if self[offset...].starts(with: part) {
        offset += part.count
      } else {
        kept.append(self[offset])
        offset += 1
      }
    }
    return kept
  }
}
