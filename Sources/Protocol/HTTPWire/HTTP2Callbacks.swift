internal import CNGHTTP2

/// nghttp2's callbacks: each finds its session, makes a span of a pointer and calls one method.
///
/// Sound throughout: nghttp2 lends every pointer for the time of the callback.
enum HTTP2Callbacks {
  static func make() -> OpaquePointer? {
    var callbacks: OpaquePointer?
    _ = unsafe nghttp2_session_callbacks_new(&callbacks)
    unsafe nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, owner in
      guard let header = unsafe header?.pointee, UInt32(header.type) == NGHTTP2_HEADERS.rawValue else { return 0 }
      unsafe HTTP2Callbacks.session(owner)?.headersBegin(header.stream_id)
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, owner in
      guard let frame = unsafe frame, unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
      unsafe HTTP2Callbacks.session(owner)?.streamBegan(frame.pointee.hd.stream_id)
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, frame, name, nameLength, value, valueLength, _, owner in
      guard let frame = unsafe frame, let name = unsafe name, let value = unsafe value else { return 0 }
      // Trailer fields are thrown away: nothing in them could change what was asked.
      guard unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
      guard let owner = unsafe owner else { return 0 }
      // Sound: the session is in the middle of a call and so outlives this one. A header comes a dozen times a request,
      // each of which would count a reference.
      unsafe Unmanaged<HTTP2Session>.fromOpaque(owner)._withUnsafeGuaranteedRef { session in
        unsafe session.headerCame(
          frame.pointee.hd.stream_id, Span(_unsafeStart: name, count: nameLength),
          Span(_unsafeStart: value, count: valueLength))
      }
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, bytes, count, owner in
      guard let bytes = unsafe bytes else { return 0 }
      unsafe HTTP2Callbacks.session(owner)?.dataCame(stream, Span(_unsafeStart: bytes, count: count))
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, owner in
      guard let frame = unsafe frame, let session = unsafe HTTP2Callbacks.session(owner) else { return 0 }
      unsafe HTTP2Callbacks.frameCame(frame.pointee, session)
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, owner in
      guard let frame = unsafe frame?.pointee, let session = unsafe HTTP2Callbacks.session(owner) else { return 0 }
      unsafe HTTP2Callbacks.frameWent(frame, session)
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, owner in
      unsafe HTTP2Callbacks.session(owner)?.streamEnded(stream)
      return 0
    }
    return unsafe callbacks
  }

  /// nghttp2's own limit of cancelled streams looks at the clock and not at what else the peer does; ours takes its place.
  static func options() -> OpaquePointer? {
    var options: OpaquePointer?
    _ = unsafe nghttp2_option_new(&options)
    unsafe nghttp2_option_set_stream_reset_rate_limit(options, .max, 0)
    return unsafe options
  }

  /// Whether nghttp2 gave up because of a limit of its own: frames that it has to reply to, more than a thousand in one
  /// call, and CONTINUATION without end.
  static func isFlood(_ result: Int) -> Bool {
    result == Int(NGHTTP2_ERR_FLOODED.rawValue) || result == Int(NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue)
  }

  private static func frameCame(_ frame: nghttp2_frame, _ session: HTTP2Session) {
    let header = unsafe frame.hd
    if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue { session.streamWasReset() }
    if UInt32(header.type) == NGHTTP2_HEADERS.rawValue, unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST {
      session.headersEnded(header.stream_id, hasBody: !header.isLastOfStream)
    }
    if header.isLastOfStream { session.requestEnded(header.stream_id) }
  }

  private static func frameWent(_ frame: nghttp2_frame, _ session: HTTP2Session) {
    let header = unsafe frame.hd
    if header.isLastOfStream { session.responseEnded(header.stream_id) }
    // Sound: the frame is a RST_STREAM, so that is what the union holds.
    if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue, unsafe frame.rst_stream.error_code != 0 {
      session.streamWasReset()
    }
    // Sound: the frame is a GOAWAY, so that is what the union holds.
    if UInt32(header.type) == NGHTTP2_GOAWAY.rawValue, unsafe frame.goaway.error_code != 0 {
      session.sessionEnded(
        unsafe frame.goaway.error_code == NGHTTP2_ENHANCE_YOUR_CALM.rawValue ? .flood : .brokenFrames)
    }
  }

  /// The session that `HTTP2Session.init` named, in the middle of one of its calls.
  static func session(_ owner: UnsafeMutableRawPointer?) -> HTTP2Session? {
    unsafe owner.map { unsafe Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
  }
}

extension nghttp2_frame_hd {
  /// A HEADERS or DATA frame with END_STREAM.
  fileprivate var isLastOfStream: Bool {
    (UInt32(type) == NGHTTP2_DATA.rawValue || UInt32(type) == NGHTTP2_HEADERS.rawValue)
      && UInt32(flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
  }
}

/// Hands responses to nghttp2.
enum HTTP2Response {
  static func submit(_ stream: HTTP2Stream, at date: HTTPDate, on session: OpaquePointer) {
    guard let response = stream.response else { return }
    var fields = HTTP2Fields()
    fields.add(":status", decimal: response.status.rawValue)
    fields.add("date", date.bytes)
    fields.add("content-type", response.contentType.text)
    fields.add("content-length", decimal: response.body.count)
    if let allow = response.allow { fields.add("allow", allow) }
    // nghttp2 asks for the body as the peer's window opens; until the stream ends it finds it through the session.
    var source = unsafe nghttp2_data_provider()
    unsafe source.read_callback = { _, id, buffer, count, flags, _, owner in
      guard let buffer = unsafe buffer, let stream = unsafe HTTP2Callbacks.session(owner)?.stream(id) else { return 0 }
      let sent = unsafe stream.sendBody(into: UnsafeMutableBufferPointer(start: buffer, count: count))
      if sent.isLast { unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
      return sent.count
    }
    let hasBody = stream.method != .head && !response.body.isEmpty
    unsafe fields.withPointers { pointers in
      // Sound: nghttp2 copies the provider.
      unsafe withUnsafePointer(to: &source) { source in
        _ = unsafe nghttp2_submit_response(
          session, stream.id, pointers.baseAddress, pointers.count, hasBody ? source : nil)
      }
    }
  }

  static func submitContinue(_ id: Int32, on session: OpaquePointer) {
    var fields = HTTP2Fields()
    fields.add(":status", decimal: 100)
    unsafe fields.withPointers { pointers in
      _ = unsafe nghttp2_submit_headers(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, nil, pointers.baseAddress, pointers.count, nil)
    }
  }
}

/// The fields of a response in one piece of memory, as nghttp2 wants them.
private struct HTTP2Fields {
  private var bytes: [UInt8] = []
  private var places: [(name: Range<Int>, value: Range<Int>)] = []

  /// With room for what nearly every response has, so that nothing moves while it grows.
  init() {
    bytes.reserveCapacity(192)
    places.reserveCapacity(6)
  }

  mutating func add(_ name: StaticString, _ value: StaticString) {
    add(name) { $0.append(value) }
  }

  mutating func add(_ name: StaticString, _ value: Span<UInt8>) {
    add(name) { $0.append(value) }
  }

  mutating func add(_ name: StaticString, decimal value: Int) {
    add(name) { $0.append(decimal: value) }
  }

  private mutating func add(_ name: StaticString, _ appendValue: (inout [UInt8]) -> Void) {
    let start = bytes.count
    bytes.append(name)
    let middle = bytes.count
    appendValue(&bytes)
    places.append((start..<middle, middle..<bytes.count))
  }

  /// Lends the fields for one call; nghttp2 copies them.
  mutating func withPointers(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Void) {
    let places = places
    unsafe bytes.withUnsafeMutableBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: places.count) { fields in
        // Sound: every place lies within the bytes, and there is a field for each.
        for (index, (name, value)) in places.enumerated() {
          unsafe fields[index] = nghttp2_nv(
            name: base + name.lowerBound, value: base + value.lowerBound, namelen: name.count, valuelen: value.count,
            flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
        }
        unsafe body(UnsafeBufferPointer(fields))
      }
    }
  }
}
