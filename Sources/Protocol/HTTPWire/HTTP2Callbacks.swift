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
    if UInt32(header.type) == NGHTTP2_RST_STREAM.rawValue { session.didResetStream() }
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
      session.didResetStream()
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
