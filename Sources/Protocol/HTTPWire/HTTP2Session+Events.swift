internal import CNGHTTP2

// Events of nghttp2. Each is called within `receive` or `flush`, on the same thread.
extension HTTP2Session {
  /// Rejects a skipped stream ID: IDs only grow, and a skipped one is closed for good (RFC 9113 section 5.1.1). nghttp2
  /// would silently ignore such a request.
  func didBeginHeaders(_ id: Int32) {
    if streamIDs.isSkipped(id) { reject(.malformedFrames, NGHTTP2_PROTOCOL_ERROR) }
  }

  func didOpenStream(_ id: Int32) {
    streamIDs.open(id)
    streams.append(HTTP2Stream(id: id, at: now))
  }

  /// Returns false if the fields of a stream are too large to read on: compressed (RFC 7541), four kilobytes can take
  /// one byte.
  func didReceiveHeader(_ id: Int32, _ name: Span<UInt8>, _ value: Span<UInt8>, isTrailer: Bool) -> Bool {
    guard let index = index(of: id) else { return true }
    // Trailer fields are discarded: none of them could change the request.
    if isTrailer { streams[index].countField(name, value) } else { streams[index].appendField(name, value) }
    if streams[index].fieldBytes <= HTTPLimits.maxFieldBytesPerStream { return true }
    reject(.http2Flood)
    return false
  }

  func didEndHeaders(_ id: Int32, hasBody: Bool) {
    guard let index = index(of: id) else { return }
    streams[index].finishHead()
    headBytes += streams[index].headBytes
    if !reserveMemory() { streams[index].reject(.memoryExhausted) }
    if streams[index].rejection != nil {
      completedStreams.append(id)
    } else if streams[index].expectsContinue, hasBody {
      unsafe HTTP2Response.submitContinue(id, on: session)
    }
  }

  func didReceiveData(_ id: Int32, _ bytes: Span<UInt8>) {
    floodLimiter.received(content: bytes.count)
    guard let index = index(of: id), streams[index].rejection == nil else { return }
    guard streams[index].body.count + bytes.count <= HTTPLimits.body,
      bodyBytes + bytes.count <= HTTPLimits.maxBodyBytesPerConnection
    else {
      return reject(streamAt: index, .bodyTooLarge)
    }
    guard reserveMemory(adding: bytes.count) else { return reject(streamAt: index, .memoryExhausted) }
    bodyBytes += bytes.count
    streams[index].body.append(bytes)
  }

  private func reject(streamAt index: Int, _ reason: HTTPRejection) {
    bodyBytes -= streams[index].body.count
    streams[index].reject(reason)
    completedStreams.append(streams[index].id)
  }

  func didReceiveEndOfRequest(_ id: Int32) {
    guard let index = index(of: id), streams[index].rejection == nil else { return }
    completedStreams.append(id)
  }

  /// Marks the stream of a rejected request, which the peer may still be sending, for a reset.
  func didSendEndOfResponse(_ id: Int32) {
    if let index = index(of: id), streams[index].rejection != nil { streamsToReset.append(id) }
  }

  /// Resets the marked streams. Not together with the response: curl 7.88, the version in Debian 12, drops a response
  /// if its stream is reset while it is still sending.
  func resetUnwantedStreams() {
    for id in streamsToReset where index(of: id) != nil {
      unsafe nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_NO_ERROR.rawValue)
    }
    streamsToReset.removeAll(keepingCapacity: true)
  }

  func didCloseStream(_ id: Int32) {
    guard let index = index(of: id) else { return }
    let stream = streams.remove(at: index)
    bodyBytes -= stream.body.count
    responseBytes -= stream.response?.body.count ?? 0
    headBytes -= stream.headBytes
    reservation.shrink(to: memoryInUse)
  }

  /// Records an error for which nghttp2 ends the connection, unless the peer has ended it itself without one.
  func didFail(_ reason: HTTPRejection) {
    if rejection == nil, !isShuttingDown { rejection = reason }
  }

  func didResetStream() {
    floodLimiter.streamReset()
    if floodLimiter.isExceeded { reject(.http2Flood) }
  }

  /// Ends the connection with a GOAWAY.
  func reject(_ reason: HTTPRejection, _ code: nghttp2_error_code = NGHTTP2_ENHANCE_YOUR_CALM) {
    guard rejection == nil else { return }
    rejection = reason
    unsafe nghttp2_session_terminate_session(session, code.rawValue)
  }

  /// Writes the next bytes of a response, when the peer's window allows it.
  func sendBody(of id: Int32, into buffer: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, isLast: Bool) {
    guard let index = index(of: id) else { return (0, true) }
    return unsafe streams[index].sendBody(into: buffer)
  }

  /// Searches from the newest stream on, which most events are about.
  func index(of id: Int32) -> Int? { streams.lastIndex { $0.id == id } }
}
