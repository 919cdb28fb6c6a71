import HTTPWire

/// However the bytes are cut, the same answers come and the connection ends in the same way.
func complaintAboutHTTP1(_ input: [UInt8]) -> String? {
  let whole = converse(input, inPiecesOf: { _ in input.count })
  let single = converse(input, inPiecesOf: { _ in 1 })
  if whole != single { return "byte by byte it is \(single), at once \(whole)" }
  let ragged = converse(input, inPiecesOf: { offset in Int(input[offset] % 7) + 1 })
  if whole != ragged { return "in pieces it is \(ragged), at once \(whole)" }
  return nil
}

private struct Conversation: Equatable {
  var output: [UInt8] = []
  var state = SessionState.idle
  var rejection: HTTPRejection?
}

private func converse(_ input: [UInt8], inPiecesOf length: (Int) -> Int) -> Conversation {
  let session = HTTPSession.http1(HTTP1Session())
  let date = HTTPDate(secondsSince1970: 0)
  var conversation = Conversation()
  var offset = 0
  while offset < input.count, conversation.state != .closing {
    let end = min(input.count, offset + length(offset))
    var output: [UInt8] = []
    conversation.state = session.receive(input[offset..<end].span, at: date, output: &output, handler: tellBack)
    conversation.output += output
    while conversation.state == .paused {
      output = []
      conversation.state = session.resume(at: date, output: &output, handler: tellBack)
      conversation.output += output
    }
    offset = end
  }
  conversation.rejection = session.rejection
  // An interim answer depends on whether the body was there when it would have been sent.
  conversation.output = conversation.output.removing(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
  return conversation
}

/// Method, path, type and body, so that a difference in any of them shows.
func tellBack(_ request: borrowing HTTPRequest) -> HTTPResponse {
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
