internal import CNGHTTP2

/// nghttp2's callbacks: each finds its session, converts pointers to spans and calls one method.
///
/// Sound throughout: every pointer from nghttp2 is valid for the duration of the callback.
enum HTTP2Callbacks {
  static func make() -> OpaquePointer? {
    var callbacks: OpaquePointer?
    _ = unsafe nghttp2_session_callbacks_new(&callbacks)
    unsafe nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, owner in
      guard let header = unsafe header?.pointee, UInt32(header.type) == NGHTTP2_HEADERS.rawValue else { return 0 }
      unsafe HTTP2Callbacks.notify(owner) { $0.didBeginHeaders(header.stream_id) }
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, owner in
      guard let frame = unsafe frame, unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
      unsafe HTTP2Callbacks.notify(owner) { unsafe $0.didOpenStream(frame.pointee.hd.stream_id) }
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, frame, name, nameLength, value, valueLength, _, owner in
      guard let frame = unsafe frame, let name = unsafe name, let value = unsafe value else { return 0 }
      var isWithinLimit = true
      unsafe HTTP2Callbacks.notify(owner) { session in
        isWithinLimit = unsafe session.didReceiveHeader(
          frame.pointee.hd.stream_id, Span(_unsafeStart: name, count: nameLength),
          Span(_unsafeStart: value, count: valueLength), isTrailer: frame.pointee.headers.cat != NGHTTP2_HCAT_REQUEST)
      }
      return isWithinLimit ? 0 : Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
    }
    unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, bytes, count, owner in
      guard let bytes = unsafe bytes else { return 0 }
      unsafe HTTP2Callbacks.notify(owner) { unsafe $0.didReceiveData(stream, Span(_unsafeStart: bytes, count: count)) }
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, owner in
      guard let frame = unsafe frame else { return 0 }
      unsafe HTTP2Callbacks.notify(owner) { unsafe HTTP2Callbacks.didReceiveFrame(frame.pointee, $0) }
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, owner in
      guard let frame = unsafe frame?.pointee else { return 0 }
      unsafe HTTP2Callbacks.notify(owner) { unsafe HTTP2Callbacks.didSendFrame(frame, $0) }
      return 0
    }
    unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, owner in
      unsafe HTTP2Callbacks.notify(owner) { $0.didCloseStream(stream) }
      return 0
    }
    return unsafe callbacks
  }

  /// nghttp2's own limit of stream resets is by time and ignores other activity; ``HTTP2FloodLimiter`` replaces it.
  static func options() -> OpaquePointer? {
    var options: OpaquePointer?
    _ = unsafe nghttp2_option_new(&options)
    unsafe nghttp2_option_set_stream_reset_rate_limit(options, .max, 0)
    return unsafe options
  }

  /// Returns whether nghttp2 reached a limit of its own: more than a thousand frames that need a reply in one call, or
  /// too many CONTINUATION frames.
  static func isFlood(_ result: Int) -> Bool {
    result == Int(NGHTTP2_ERR_FLOODED.rawValue) || result == Int(NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue)
  }

  private static func didReceiveFrame(_ frame: nghttp2_frame, _ session: HTTP2Session) {
    let header = unsafe frame.hd
    if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue { session.didReceiveReset() }
    if UInt32(header.type) == NGHTTP2_HEADERS.rawValue, unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST {
      session.didEndHeaders(header.stream_id, hasBody: !header.isLastOfStream)
    }
    if header.isLastOfStream { session.didReceiveEndOfRequest(header.stream_id) }
  }

  private static func didSendFrame(_ frame: nghttp2_frame, _ session: HTTP2Session) {
    let header = unsafe frame.hd
    if header.isLastOfStream { session.didSendEndOfResponse(header.stream_id) }
    // Sound: the frame is a RST_STREAM, so the union contains one.
    if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue, unsafe frame.rst_stream.error_code != 0 {
      session.didReceiveReset()
    }
    // Sound: the frame is a GOAWAY, so the union contains one.
    if UInt32(header.type) == NGHTTP2_GOAWAY.rawValue, unsafe frame.goaway.error_code != 0 {
      session.didFail(
        unsafe frame.goaway.error_code == NGHTTP2_ENHANCE_YOUR_CALM.rawValue ? .http2Flood : .malformedFrames)
    }
  }

  /// Calls `event` with the session that `HTTP2Session.init` set as user data.
  static func notify(_ owner: UnsafeMutableRawPointer?, _ event: (HTTP2Session) -> Void) {
    guard let owner = unsafe owner else { return }
    // Sound: a method of the session is on the call stack, so it outlives this call. A request has a dozen events, each
    // of which would otherwise count a reference.
    unsafe Unmanaged<HTTP2Session>.fromOpaque(owner)._withUnsafeGuaranteedRef { event($0) }
  }
}

extension nghttp2_frame_hd {
  /// Whether this is a HEADERS or DATA frame with END_STREAM.
  fileprivate var isLastOfStream: Bool {
    (UInt32(type) == NGHTTP2_DATA.rawValue || UInt32(type) == NGHTTP2_HEADERS.rawValue)
      && UInt32(flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
  }
}

/// Submits responses to nghttp2.
enum HTTP2Response {
  static func submit(
    _ response: borrowing HTTPResponse, withBody: Bool, to id: Int32, at date: HTTPDate, on session: OpaquePointer
  ) {
    var fields = HTTP2Fields()
    fields.add(":status", decimal: response.status.rawValue)
    fields.add("date", date.bytes)
    fields.add("content-type", response.contentType.text)
    fields.add("content-length", decimal: response.body.count)
    if let allow = response.allow { fields.add("allow", allow) }
    // nghttp2 calls this as the peer's window opens, until the stream ends; the body is found through the session.
    var source = unsafe nghttp2_data_provider()
    unsafe source.read_callback = { _, id, buffer, count, flags, _, owner in
      let output = unsafe UnsafeMutableBufferPointer(start: buffer, count: count)
      var sent = (count: 0, isLast: true)
      unsafe HTTP2Callbacks.notify(owner) { sent = unsafe $0.sendBody(of: id, into: output) }
      if sent.isLast { unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
      return sent.count
    }
    let hasBody = withBody && !response.body.isEmpty
    unsafe fields.withPointers { pointers in
      // Sound: nghttp2 copies the provider.
      unsafe withUnsafePointer(to: &source) { source in
        _ = unsafe nghttp2_submit_response(
          session, id, pointers.baseAddress, pointers.count, hasBody ? source : nil)
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

/// The fields of a response in one buffer, as nghttp2 requires them.
///
/// On the stack: at most five fields with 142 bytes in total, all constants of this program but the numbers.
private struct HTTP2Fields: ~Copyable {
  private var text = InlineArray<192, UInt8>(repeating: 0)
  private var textCount = 0
  /// The end offsets of names and values, alternating.
  private var ends = InlineArray<10, Int>(repeating: 0)
  private var endCount = 0

  mutating func add(_ name: StaticString, _ value: StaticString) {
    append(name)
    append(value)
  }

  mutating func add(_ name: StaticString, _ value: Span<UInt8>) {
    append(name)
    append(value)
  }

  mutating func add(_ name: StaticString, decimal value: Int) {
    append(name)
    append(digitsOf: value)
    close()
  }

  private mutating func append(_ literal: StaticString) {
    // Sound: a literal's bytes are never freed.
    append(unsafe UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount).span)
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= text.count - textCount, "the fields are longer than the longest")
    var text = text.mutableSpan
    unsafe text.withUnsafeMutableBufferPointer { text in
      // Sound: the capacity is checked above, and the source does not overlap the buffer.
      let output = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(text)[textCount...])
      unsafe bytes.withUnsafeBytes { unsafe output.copyMemory(from: $0) }
    }
    textCount += bytes.count
    close()
  }

  private mutating func append(digitsOf number: Int) {
    if number >= 10 { append(digitsOf: number / 10) }
    text[textCount] = UInt8(ascii: "0") + UInt8(number % 10)
    textCount += 1
  }

  private mutating func close() {
    ends[endCount] = textCount
    endCount += 1
  }

  /// Calls `body` with the fields, which nghttp2 copies.
  mutating func withPointers(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Void) {
    let count = endCount / 2
    let ends = ends
    var text = text.mutableSpan
    unsafe text.withUnsafeMutableBufferPointer { text in
      guard let base = text.baseAddress else { return }
      unsafe withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: count) { fields in
        var start = 0
        // Sound: every end is within the text, and there is one field per two ends.
        for index in 0..<count {
          let (nameEnd, end) = (ends[2 * index], ends[2 * index + 1])
          unsafe fields[index] = nghttp2_nv(
            name: base + start, value: base + nameEnd, namelen: nameEnd - start, valuelen: end - nameEnd,
            flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
          start = end
        }
        unsafe body(UnsafeBufferPointer(fields))
      }
    }
  }
}
