internal import CNGHTTP2

/// HTTP/2 on one connection (RFC 9113): nghttp2 does the frames, this type the requests.
@safe package final class HTTP2Session {
  /// Owned: freed in `deinit`.
  private let session: OpaquePointer
  /// nghttp2 counts in it until the session is freed.
  private let allocatorState = NGHTTP2Allocator()
  /// In the order in which they began, and so by their numbers. Nearly always it is one; more than
  /// ``HTTPLimits/streams`` it never is.
  private var streams: [HTTP2Stream] = []
  /// Streams whose request is whole or refused, in the order in which that happened.
  private var completedStreams: [Int32] = []
  /// Streams that were refused and answered; when more comes from the peer, it is told to stop sending on them.
  private var streamsToReset: [Int32] = []
  /// The highest stream number so far, and the ranges of numbers that were left out on the way to it.
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
  /// The owner's clock: streams remember when they began, so that one does not have its time anew when an older one is done.
  package var now: Int64 = 0
  private var isShuttingDown = false
  /// Why single requests were refused since somebody asked; the connection lives on.
  private var rejections: [HTTPRejection] = []
  /// What the peer did that ended the connection, if it did.
  package private(set) var rejection: HTTPRejection?

  /// Whether the peer was told to take its next requests elsewhere.
  private enum End {
    case none
    /// It will be told with the first answer: a new connection that is turned away at once would only come again.
    case afterAnswer
    case announced
  }

  package init(memory: MemoryBudget = MemoryBudget()) {
    reservation = MemoryBudget.Reservation(of: memory)
    var pointer: OpaquePointer?
    // Sound: nghttp2 copies the callbacks and the allocator, and it knows this object, unowned, no longer than `deinit`.
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
    // Sound: nghttp2 reads the bytes within the call.
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

  /// The oldest request that is not done with: younger ones do not put off its deadline.
  var requestIndex: Int { oldest.map { Int($0.id) } ?? responseCount }

  /// When it began, in the nanoseconds of `now`; nil where nothing is waited for.
  var requestBegan: Int64? { oldest?.since }

  private var oldest: HTTP2Stream? { streams.first }

  /// False where nghttp2 keeps much, also when everything is sent, and there is no memory for it: the connection ends, since
  /// without that nothing more of it could be read.
  private func updateReservation() -> Bool {
    reservation.shrink(to: held)
    // One that was refused ends anyway.
    if rejection != nil || excess == 0 || holds() { return true }
    refuse(.memoryExhausted)
    return false
  }

  /// What nghttp2 holds beyond what a session takes anyway. A little is not counted: it is small, and ends.
  var excess: Int {
    let surplus = allocatorState.bytes - HTTPLimits.memoryPerSession
    return surplus > HTTPLimits.accountingThreshold ? surplus : 0
  }

  private var held: Int { excess + headBytes + bodyBytes + responseBytes }

  /// Whether there is memory for what all streams hold and so much more.
  private func holds(more: Int = 0) -> Bool { reservation.resize(to: held + more) }

  /// Answers what is whole, as far as it is this connection's turn.
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

  /// The body gives way to the answer, which is held until the peer has taken it.
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

  /// The first of the two GOAWAY frames that RFC 9113 section 6.8 asks for: nothing that is on its way is lost.
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
      // Sound: the frame belongs to nghttp2 until the next call and is copied here.
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

// What nghttp2 tells. Each is called within `receive` or `flush`, on the same thread.
extension HTTP2Session {
  /// A peer's stream numbers only grow; one that was passed over is closed for ever (RFC 9113 section 5.1.1). nghttp2
  /// would ignore such a request in silence.
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

  /// False where the heads of a stream have become so large that reading on would only serve the peer: compressed
  /// (RFC 7541), four kilobytes can be a byte.
  func didReceiveHeader(_ id: Int32, _ name: Span<UInt8>, _ value: Span<UInt8>, isTrailer: Bool) -> Bool {
    guard let index = index(of: id) else { return true }
    // Trailer fields are thrown away: nothing in them could change what was asked.
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

  /// A refused request may still be on its way; after the answer nothing of it is wanted any more.
  func didSendEndOfResponse(_ id: Int32) {
    if let index = index(of: id), streams[index].rejection != nil { streamsToReset.append(id) }
  }

  /// Not in one breath with the answer: curl 7.88, that of Debian 12, drops an answer if its stream is reset while it is
  /// still sending.
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

  /// Something came that nghttp2 ends the connection for. A peer that says goodbye itself ends it too, and breaks nothing.
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

  /// The peer's window is open: moves the next bytes of a response.
  func sendBody(of id: Int32, into buffer: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, isLast: Bool) {
    guard let index = index(of: id) else { return (0, true) }
    return unsafe streams[index].sendBody(into: buffer)
  }

  /// From the youngest on, of which nghttp2 speaks most.
  private func index(of id: Int32) -> Int? { streams.lastIndex { $0.id == id } }
}
