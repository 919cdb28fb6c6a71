internal import CNGHTTP2

/// HTTP/2 on one connection (RFC 9113): nghttp2 does the frames, this type the requests.
@safe package final class HTTP2Session {
  /// Owned: freed in `deinit`.
  private let session: OpaquePointer
  private var streams: [Int32: HTTP2Stream] = [:]
  /// Streams whose request is whole or refused, in the order in which that happened.
  private var answerable: [Int32] = []
  /// The highest stream number so far, and the ranges of numbers that were left out on the way to it.
  private var newest: Int32 = -1
  private var passedOver: [Range<Int32>] = []
  private var bytesOfBodies = 0
  private var defence = FloodDefence()
  private var answered = 0
  private var isShuttingDown = false
  /// What the peer did that ended the connection, if it did.
  package private(set) var rejection: HTTPRejection?

  package init() {
    var pointer: OpaquePointer?
    // Sound: nghttp2 copies the callbacks, and it knows this object, unowned, no longer than `deinit`.
    let callbacks = unsafe HTTP2Callbacks.make()
    defer { unsafe nghttp2_session_callbacks_del(callbacks) }
    let options = unsafe HTTP2Callbacks.options()
    defer { unsafe nghttp2_option_del(options) }
    _ = unsafe nghttp2_session_server_new2(&pointer, callbacks, nil, options)
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
    defence.received(bytes: bytes.count)
    for id in answerable {
      guard let stream = streams[id] else { continue }
      answered += 1
      defence.answered()
      stream.respond(with: stream.rejection.map { .error($0.status, $0.explanation) } ?? stream.handOver(to: answer))
      unsafe HTTP2Response.submit(stream, at: date, on: session)
    }
    answerable.removeAll(keepingCapacity: true)
    if defence.isFlooded { refuse(.flood) }
    return flush(&output, isBroken: used < 0)
  }

  /// The oldest request that is not done with: younger ones do not put off its deadline.
  var turn: Int { streams.keys.min().map(Int.init) ?? answered }

  func shutDown(output: inout [UInt8]) -> SessionState {
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
    if isBroken || wantsNothing {
      if rejection == nil, !isShuttingDown { rejection = .brokenFrames }
      return .closing
    }
    guard let oldest = streams.min(by: { $0.key < $1.key })?.value else { return .idle }
    return oldest.response == nil ? .body : .stalled
  }
}

// What nghttp2 tells. Each is called within `receive` or `flush`, on the same thread.
extension HTTP2Session {
  /// A peer's stream numbers only grow; one that was passed over is closed for ever (RFC 9113 section 5.1.1). nghttp2
  /// would ignore such a request in silence.
  func headersBegin(_ id: Int32) {
    guard passedOver.contains(where: { $0.contains(id) }) else { return }
    refuse(.brokenFrames, NGHTTP2_PROTOCOL_ERROR)
  }

  func streamBegan(_ id: Int32) {
    if id > newest + 2, passedOver.count < HTTPLimits.gapsRemembered { passedOver.append(newest + 1..<id) }
    newest = id
    streams[id] = HTTP2Stream(id: id)
  }

  func headerCame(_ id: Int32, _ name: Span<UInt8>, _ value: Span<UInt8>) {
    streams[id]?.take(name, value)
  }

  func headersEnded(_ id: Int32, hasBody: Bool) {
    guard let stream = streams[id] else { return }
    if stream.rejection != nil {
      answerable.append(id)
    } else if stream.expectsContinue, hasBody {
      unsafe HTTP2Response.submitContinue(id, on: session)
    }
  }

  func dataCame(_ id: Int32, _ bytes: Span<UInt8>) {
    defence.received(content: bytes.count)
    guard let stream = streams[id], stream.rejection == nil else { return }
    guard stream.body.count + bytes.count <= HTTPLimits.body,
      bytesOfBodies + bytes.count <= HTTPLimits.bodiesOfConnection
    else {
      bytesOfBodies -= stream.body.count
      stream.refuse(.bodyTooLarge)
      answerable.append(id)
      return
    }
    bytesOfBodies += bytes.count
    stream.body.append(bytes)
  }

  func requestEnded(_ id: Int32) {
    guard let stream = streams[id], stream.rejection == nil else { return }
    answerable.append(id)
  }

  /// A refused request may still be on its way; after the answer nothing of it is wanted any more.
  func responseEnded(_ id: Int32) {
    guard streams[id]?.rejection != nil else { return }
    unsafe nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_NO_ERROR.rawValue)
  }

  func streamEnded(_ id: Int32) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    if stream.rejection == nil { bytesOfBodies -= stream.body.count }
  }

  func streamWasReset() {
    defence.streamWasReset()
    if defence.isFlooded { refuse(.flood) }
  }

  /// Ends the connection with a GOAWAY.
  private func refuse(_ reason: HTTPRejection, _ code: nghttp2_error_code = NGHTTP2_ENHANCE_YOUR_CALM) {
    guard rejection == nil else { return }
    rejection = reason
    unsafe nghttp2_session_terminate_session(session, code.rawValue)
  }

  func stream(_ id: Int32) -> HTTP2Stream? { streams[id] }
}
