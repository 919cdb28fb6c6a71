internal import CNGHTTP2

/// HTTP/2 on one connection (RFC 9113): nghttp2 handles frames, this type requests.
@safe package final class HTTP2Session {
  /// Owned: freed in `deinit`.
  let session: OpaquePointer
  /// Referenced by nghttp2 until the session is freed.
  let allocatorState = NGHTTP2Allocator()
  /// The open streams, by age and so by ID. Nearly always one; never more than ``HTTPLimits/streams``.
  var streams: [HTTP2Stream] = []
  /// The streams whose request is complete or rejected, in this order of events.
  var completedStreams: [Int32] = []
  /// The streams with an error response; they are reset if the peer sends more.
  var streamsToReset: [Int32] = []
  var streamIDs = HTTP2StreamIDs()
  var bodyBytes = 0
  var responseBytes = 0
  var headBytes = 0
  var reservation: MemoryBudget.Reservation
  var reservedBytes: Int { reservation.bytes }
  private var drain = Drain.notStarted
  var floodLimiter = HTTP2FloodLimiter()
  private(set) var responseCount = 0
  /// The owner's time, in nanoseconds: each stream has its own start, so an older stream's end does not extend its
  /// deadline.
  package var now: Int64 = 0
  var isShuttingDown = false
  /// The reasons of rejected requests since the last ``drainRejections()``; the connection stays open.
  private var rejections: [HTTPRejection] = []
  /// The peer's error that ended the connection, if any.
  package internal(set) var rejection: HTTPRejection?

  /// Whether GOAWAY has asked the peer to use another connection.
  private enum Drain {
    case notStarted
    /// GOAWAY follows the first response: a client whose new connection gets it at once would only reconnect.
    case afterNextResponse
    case noticeSent
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
    _ bytes: Span<UInt8>, at date: HTTPDate, output: inout [UInt8], handler: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    // Sound: nghttp2 reads the bytes only within the call.
    let used = unsafe bytes.withUnsafeBufferPointer {
      unsafe nghttp2_session_mem_recv(session, $0.baseAddress, $0.count)
    }
    floodLimiter.received(bytes: bytes.count)
    resetUnwantedStreams()
    respondToCompleteRequests(date, handler)
    if floodLimiter.isExceeded || HTTP2Callbacks.isFlood(used) { reject(.http2Flood) }
    let state = flush(&output, isBroken: used < 0)
    return updateReservation() ? state : flush(&output, isBroken: false)
  }

  /// The ID of the oldest unfinished request: younger ones do not extend its deadline.
  var pendingRequestID: Int { oldest.map { Int($0.id) } ?? responseCount }

  /// The start of its current wait, in the nanoseconds of `now`; nil without an open stream.
  var requestStart: Int64? { oldest?.waitStart }

  private var oldest: HTTP2Stream? { streams.first }

  /// Responds to complete requests, up to the limit per iteration.
  private func respondToCompleteRequests(_ date: HTTPDate, _ handler: (borrowing HTTPRequest) -> HTTPResponse) {
    let count = min(completedStreams.count, HTTPLimits.maxResponsesPerIteration)
    for id in completedStreams[..<count] {
      guard let index = index(of: id) else { continue }
      responseCount += 1
      let response = response(toStreamAt: index, handler)
      responseBytes += response.body.count
      unsafe HTTP2Response.submit(
        response, withBody: streams[index].method != .head, to: id, at: date, on: session)
      streams[index].respond(with: response, at: now)
      if case .afterNextResponse = drain { submitGoAwayNotice() }
    }
    completedStreams.removeSubrange(..<count)
  }

  /// Replaces the request's body by the response, which is held until it is sent.
  private func response(
    toStreamAt index: Int, _ handler: (borrowing HTTPRequest) -> HTTPResponse
  ) -> HTTPResponse {
    bodyBytes -= streams[index].body.count
    if let reason = streams[index].rejection { return rejectionResponse(reason) }
    floodLimiter.requestCompleted()
    let response = streams[index].respond(to: handler)
    return reserveMemory(adding: response.body.count) ? response : rejectionResponse(.memoryExhausted)
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
    guard case .notStarted = drain else { return flush(&output, isBroken: false) }
    if unsafe nghttp2_session_get_last_proc_stream_id(session) > 0 {
      submitGoAwayNotice()
    } else {
      drain = .afterNextResponse
    }
    return flush(&output, isBroken: false)
  }

  /// Submits the first of the two GOAWAY frames of RFC 9113 section 6.8, so that no request in transit is lost.
  private func submitGoAwayNotice() {
    drain = .noticeSent
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
