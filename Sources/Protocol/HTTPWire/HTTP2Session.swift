internal import CNGHTTP2

/// HTTP/2 on one connection (RFC 9113): nghttp2 handles frames, this type requests.
@safe package final class HTTP2Session {
  /// Owned: freed in `deinit`.
  private let session: OpaquePointer
  /// Referenced by nghttp2 until the session is freed.
  private let allocatorState = NGHTTP2Allocator()
  /// The open streams, by age and so by ID. Nearly always one; never more than ``HTTPLimits/streams``.
  private var streams: [HTTP2Stream] = []
  /// The streams whose request is complete or rejected, in this order of events.
  private var completedStreams: [Int32] = []
  /// The streams with an error response; they are reset if the peer sends more.
  private var streamsToReset: [Int32] = []
  /// The highest stream ID so far, and the ranges of skipped IDs below it.
  private var highestStreamID: Int32 = -1
  private var skippedStreamIDs: [Range<Int32>] = []
  private var bodyBytes = 0
  private var responseBytes = 0
  private var headBytes = 0
  private var reservation: MemoryBudget.Reservation
  var reservedBytes: Int { reservation.bytes }
  private var end = End.none
  private var floodLimiter = HTTP2FloodLimiter()
  private(set) var responseCount = 0
  /// The owner's time, in nanoseconds: each stream has its own start, so an older stream's end does not extend its
  /// deadline.
  package var now: Int64 = 0
  private var isShuttingDown = false
  /// The reasons of rejected requests since the last ``drainRejections()``; the connection stays open.
  private var rejections: [HTTPRejection] = []
  /// The peer's error that ended the connection, if any.
  package private(set) var rejection: HTTPRejection?

  /// Whether GOAWAY has asked the peer to use another connection.
  private enum End {
    case none
    /// Sent with the first response: a client whose new connection gets it at once would only reconnect.
    case afterAnswer
    case announced
  }

  package init(memory: MemoryBudget = MemoryBudget()) {
    reservation = MemoryBudget.Reservation(of: memory)
    var pointer: OpaquePointer?
    // Sound: nghttp2 copies the callbacks and the allocator, and refers to this object, unowned, no longer than
    // `deinit`.
    let callbacks = unsafe HTTP2Callbacks.make()
    defer { unsafe nghttp2_session_callbacks_del(callbacks) }
    let options = unsafe HTTP2Callbacks.options()
    defer { unsafe nghttp2_option_del(options) }
    var allocator = unsafe allocatorState.allocator
    _ = unsafe nghttp2_session_server_new3(&pointer, callbacks, nil, options, &allocator)
    guard let pointer = unsafe pointer else { preconditionFailure("nghttp2 fails here only without memory") }
    unsafe session = pointer
    unsafe nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
    submitSettings()
  }

  deinit {
    unsafe nghttp2_session_del(session)
  }

  func receive(
    _ bytes: Span<UInt8>, at date: HTTPDate, output: inout [UInt8], answer: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    // Sound: nghttp2 reads the bytes only within the call.
    let used = unsafe bytes.withUnsafeBufferPointer {
      unsafe nghttp2_session_mem_recv(session, $0.baseAddress, $0.count)
    }
    floodLimiter.received(bytes: bytes.count)
    resetUnwantedStreams()
    respondToCompleteRequests(date, answer)
    if floodLimiter.isExceeded || HTTP2Callbacks.isFlood(used) { refuse(.http2Flood) }
    let state = flush(&output, isBroken: used < 0)
    return updateReservation() ? state : flush(&output, isBroken: false)
  }

  /// The ID of the oldest unfinished request: younger ones do not extend its deadline.
  var requestIndex: Int { oldest.map { Int($0.id) } ?? responseCount }

  /// The start of its current wait, in the nanoseconds of `now`; nil without an open stream.
  var requestBegan: Int64? { oldest?.since }

  private var oldest: HTTP2Stream? { streams.first }

  /// Updates the reservation. False if nghttp2 holds much memory even with everything sent, and the budget is
  /// exhausted: the connection ends, because no more of it can be read.
  private func updateReservation() -> Bool {
    reservation.shrink(to: held)
    // A rejected connection ends anyway.
    if rejection != nil || excess == 0 || holds() { return true }
    refuse(.memoryExhausted)
    return false
  }

  /// nghttp2's memory beyond that of any session, in bytes; small amounts do not count.
  var excess: Int {
    let surplus = allocatorState.bytes - HTTPLimits.memoryPerSession
    return surplus > HTTPLimits.accountingThreshold ? surplus : 0
  }

  private var held: Int { excess + headBytes + bodyBytes + responseBytes }

  /// Returns whether the budget has memory for all streams and `more` bytes.
  private func holds(more: Int = 0) -> Bool { reservation.resize(to: held + more) }

  /// Responds to complete requests, up to the limit per iteration.
  private func respondToCompleteRequests(_ date: HTTPDate, _ answer: (borrowing HTTPRequest) -> HTTPResponse) {
    let count = min(completedStreams.count, HTTPLimits.maxResponsesPerIteration)
    for id in completedStreams[..<count] {
      guard let index = index(of: id) else { continue }
      responseCount += 1
      let response = response(toStreamAt: index, answer)
      responseBytes += response.body.count
      unsafe HTTP2Response.submit(
        response, withBody: streams[index].method != .head, to: id, at: date, on: session)
      streams[index].respond(with: response, at: now)
      if case .afterAnswer = end { submitGoAwayNotice() }
    }
    completedStreams.removeSubrange(..<count)
  }

  /// Replaces the request's body by the response, which is held until it is sent.
  private func response(
    toStreamAt index: Int, _ answer: (borrowing HTTPRequest) -> HTTPResponse
  ) -> HTTPResponse {
    bodyBytes -= streams[index].body.count
    if let reason = streams[index].rejection { return rejectionResponse(reason) }
    floodLimiter.responseCount()
    let response = streams[index].respond(to: answer)
    return holds(more: response.body.count) ? response : rejectionResponse(.memoryExhausted)
  }

  private func rejectionResponse(_ reason: HTTPRejection) -> HTTPResponse {
    rejections.append(reason)
    return .error(reason)
  }

  func drainRejections() -> [HTTPRejection] {
    if rejections.isEmpty { return [] }
    return exchange(&rejections, with: [])
  }

  func beginDrain(output: inout [UInt8]) -> SessionState {
    guard case .none = end else { return flush(&output, isBroken: false) }
    if unsafe nghttp2_session_get_last_proc_stream_id(session) > 0 { submitGoAwayNotice() } else { end = .afterAnswer }
    return flush(&output, isBroken: false)
  }

  /// Submits the first of the two GOAWAY frames of RFC 9113 section 6.8, so that no request in transit is lost.
  private func submitGoAwayNotice() {
    end = .announced
    unsafe nghttp2_submit_shutdown_notice(session)
  }

  func shutDownGracefully(output: inout [UInt8]) -> SessionState {
    isShuttingDown = true
    let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
    unsafe nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    return flush(&output, isBroken: false)
  }

  private func submitSettings() {
    let settings = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: UInt32(HTTPLimits.streams)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: UInt32(HTTPLimits.head)),
    ]
    // Sound: nghttp2 copies the entries.
    unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
  }

  private func flush(_ output: inout [UInt8], isBroken: Bool) -> SessionState {
    while true {
      var frame: UnsafePointer<UInt8>?
      // Sound: the frame is nghttp2's until the next call, and is copied here.
      let count = unsafe nghttp2_session_mem_send(session, &frame)
      guard count > 0 else { break }
      unsafe output.append(contentsOf: UnsafeBufferPointer(start: frame, count: count))
    }
    let wantsNothing = unsafe nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    if isBroken { didFail(.malformedFrames) }
    if isBroken || wantsNothing { return .closing }
    if !completedStreams.isEmpty { return .paused }
    guard let oldest else { return .idle }
    return oldest.response == nil ? .body : .blockedOnFlowControl
  }
}

// Events of nghttp2. Each is called within `receive` or `flush`, on the same thread.
extension HTTP2Session {
  /// Rejects a skipped stream ID: IDs only grow, and a skipped one is closed for good (RFC 9113 section 5.1.1). nghttp2
  /// would silently ignore such a request.
  func didBeginHeaders(_ id: Int32) {
    if skippedStreamIDs.contains(where: { $0.contains(id) }) { refuse(.malformedFrames, NGHTTP2_PROTOCOL_ERROR) }
  }

  func didOpenStream(_ id: Int32) {
    if id > highestStreamID + 2, skippedStreamIDs.count < HTTPLimits.maxSkippedRanges {
      skippedStreamIDs.append(highestStreamID + 1..<id)
    }
    highestStreamID = id
    streams.append(HTTP2Stream(id: id, at: now))
  }

  /// Returns false if the fields of a stream are too large to read on: compressed (RFC 7541), four kilobytes can take
  /// one byte.
  func didReceiveHeader(_ id: Int32, _ name: Span<UInt8>, _ value: Span<UInt8>, isTrailer: Bool) -> Bool {
    guard let index = index(of: id) else { return true }
    // Trailer fields are discarded: none of them could change the request.
    if isTrailer { streams[index].countField(name, value) } else { streams[index].appendField(name, value) }
    if streams[index].fieldBytes <= HTTPLimits.maxFieldBytesPerStream { return true }
    refuse(.http2Flood)
    return false
  }

  func didEndHeaders(_ id: Int32, hasBody: Bool) {
    guard let index = index(of: id) else { return }
    streams[index].finishHead()
    headBytes += streams[index].headBytes
    if !holds() { streams[index].refuse(.memoryExhausted) }
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
      return refuse(streamAt: index, .bodyTooLarge)
    }
    guard holds(more: bytes.count) else { return refuse(streamAt: index, .memoryExhausted) }
    bodyBytes += bytes.count
    streams[index].body.append(bytes)
  }

  private func refuse(streamAt index: Int, _ reason: HTTPRejection) {
    bodyBytes -= streams[index].body.count
    streams[index].refuse(reason)
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
  private func resetUnwantedStreams() {
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
    reservation.shrink(to: held)
  }

  /// Records an error for which nghttp2 ends the connection, unless the peer has ended it itself without one.
  func didFail(_ reason: HTTPRejection) {
    if rejection == nil, !isShuttingDown { rejection = reason }
  }

  func didReceiveReset() {
    floodLimiter.didReceiveReset()
    if floodLimiter.isExceeded { refuse(.http2Flood) }
  }

  /// Ends the connection with a GOAWAY.
  private func refuse(_ reason: HTTPRejection, _ code: nghttp2_error_code = NGHTTP2_ENHANCE_YOUR_CALM) {
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
  private func index(of id: Int32) -> Int? { streams.lastIndex { $0.id == id } }
}
