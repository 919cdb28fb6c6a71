import CNGHTTP2
import Testing

@testable import HTTPWire

/// nghttp2's client without a socket: the peer of an `HTTP2Session`.
final class HTTP2Client {
  private var session: OpaquePointer?
  /// The received data of each stream.
  private(set) var streams: [Int32: Received] = [:]
  /// The error code of the received GOAWAY, if any.
  private(set) var goAway: UInt32?
  private var uploads: [Int32: Upload] = [:]

  struct Received {
    var interim: [String] = []
    var fields: [String: String] = [:]
    var body: [UInt8] = []
    /// The code with which the stream was closed; nil while it is open.
    var closedWith: UInt32?

    var status: String? { fields[":status"] }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// The available part of a request's body, and whether it is complete.
  private struct Upload {
    var bytes: [UInt8]
    var sent = 0
    var isWhole: Bool
  }

  /// - Parameter window: The bytes that the server may send on a stream before a window update.
  init(window: Int? = nil) {
    let callbacks = Self.callbacks()
    defer { nghttp2_session_callbacks_del(callbacks) }
    nghttp2_session_client_new(&session, callbacks, Unmanaged.passUnretained(self).toOpaque())
    let settings = window.map {
      [nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: UInt32($0))]
    }
    nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings ?? [], settings?.count ?? 0)
  }

  deinit { nghttp2_session_del(session) }

  private static func callbacks() -> OpaquePointer? {
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, frame, name, nameLength, value, valueLength, _, owner in
      HTTP2Client.of(owner)?.take(
        String(decoding: UnsafeBufferPointer(start: name, count: nameLength), as: UTF8.self),
        String(decoding: UnsafeBufferPointer(start: value, count: valueLength), as: UTF8.self),
        on: frame?.pointee.hd.stream_id ?? 0)
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, bytes, count, owner in
      HTTP2Client.of(owner)?.streams[stream, default: Received()].body += UnsafeBufferPointer(
        start: bytes, count: count)
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, owner in
      HTTP2Client.of(owner)?.streams[stream, default: Received()].closedWith = code
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, owner in
      if let frame = frame?.pointee, UInt32(frame.hd.type) == NGHTTP2_GOAWAY.rawValue {
        HTTP2Client.of(owner)?.goAway = frame.goaway.error_code
      }
      return 0
    }
    return callbacks
  }

  private static func of(_ owner: UnsafeMutableRawPointer?) -> HTTP2Client? {
    owner.map { Unmanaged<HTTP2Client>.fromOpaque($0).takeUnretainedValue() }
  }
}

// Requests of tests.
extension HTTP2Client {
  /// Begins a request; `send` continues its body.
  @discardableResult
  func request(
    _ method: String, _ path: String, _ fields: [(String, String)] = [], body: String? = nil, isWhole: Bool = true
  ) -> Int32 {
    request(
      [(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path)] + fields, body: body,
      isWhole: isWhole)
  }

  /// - Parameter all: Pseudo-header fields and the others.
  func request(_ all: [(String, String)], body: String? = nil, isWhole: Bool = true) -> Int32 {
    var provider = nghttp2_data_provider()
    provider.read_callback = { _, stream, buffer, count, flags, _, owner in
      HTTP2Client.of(owner)?.takeUpload(stream, into: UnsafeMutableBufferPointer(start: buffer, count: count), flags)
        ?? 0
    }
    let id = withFields(all) { fields in
      withUnsafePointer(to: provider) { provider in
        nghttp2_submit_request(session, nil, fields.baseAddress, fields.count, body == nil ? nil : provider, nil)
      }
    }
    if let body { uploads[id] = Upload(bytes: Array(body.utf8), isWhole: isWhole) }
    return id
  }

  func send(_ bytes: [UInt8], on stream: Int32, isWhole: Bool) {
    uploads[stream]?.bytes += bytes
    uploads[stream]?.isWhole = isWhole
    nghttp2_session_resume_data(session, stream)
  }

  /// Ends a request with trailer fields.
  func endWithTrailer(_ fields: [(String, String)], on stream: Int32) {
    _ = withFields(fields) { nghttp2_submit_trailer(session, stream, $0.baseAddress, $0.count) }
  }

  func reset(_ stream: Int32) {
    nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, NGHTTP2_CANCEL.rawValue)
  }

  func terminate() { nghttp2_session_terminate_session(session, NGHTTP2_NO_ERROR.rawValue) }

  func ping() { nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil) }

  /// Returns pending output.
  func takeOutput() -> [UInt8] {
    var output: [UInt8] = []
    while true {
      var bytes: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &bytes)
      if count <= 0 { return output }
      output += UnsafeBufferPointer(start: bytes, count: count)
    }
  }

  func receive(_ bytes: [UInt8]) -> Bool { nghttp2_session_mem_recv(session, bytes, bytes.count) == bytes.count }

  private func take(_ name: String, _ value: String, on stream: Int32) {
    if name == ":status", value.hasPrefix("1") {
      streams[stream, default: Received()].interim.append(value)
    } else {
      streams[stream, default: Received()].fields[name] = value
    }
  }

  private func takeUpload(
    _ stream: Int32, into buffer: UnsafeMutableBufferPointer<UInt8>, _ flags: UnsafeMutablePointer<UInt32>?
  ) -> Int {
    guard let upload = uploads[stream] else { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
    let taken = min(buffer.count, upload.bytes.count - upload.sent)
    if taken == 0, !upload.isWhole { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
    _ = buffer.update(fromContentsOf: upload.bytes[upload.sent..<upload.sent + taken])
    uploads[stream]?.sent += taken
    if upload.isWhole, upload.sent + taken == upload.bytes.count {
      flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    }
    return taken
  }

  /// Passes fields to nghttp2 for one call.
  private func withFields<Result>(
    _ fields: [(String, String)], _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result
  ) -> Result {
    var bytes = fields.flatMap { Array($0.0.utf8) + Array($0.1.utf8) }
    return bytes.withUnsafeMutableBufferPointer { bytes in
      var offset = bytes.baseAddress
      let pairs = fields.map { name, value in
        let start = offset
        offset = offset?.advanced(by: name.utf8.count + value.utf8.count)
        return nghttp2_nv(
          name: start, value: start?.advanced(by: name.utf8.count), namelen: name.utf8.count,
          valuelen: value.utf8.count, flags: 0)
      }
      return pairs.withUnsafeBufferPointer(body)
    }
  }
}

/// A client, a server session and the connection between them.
final class HTTP2ConnectionPair {
  let client: HTTP2Client
  let server = HTTP2Session()
  /// The number of bytes that the server receives at once.
  let piece: Int
  private(set) var state = SessionState.idle
  /// The maximum output of the server at once.
  private(set) var maxOutputLength = 0
  var handler: (borrowing HTTPRequest) -> HTTPResponse = echo

  init(window: Int? = nil, piece: Int = .max) {
    client = HTTP2Client(window: window)
    self.piece = piece
  }

  /// Transfers bytes in both directions until both sides are idle.
  func settle() {
    while case let bytes = client.takeOutput(), !bytes.isEmpty { deliver(bytes) }
  }

  /// Passes bytes to the server as received from the network.
  func deliver(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty, state != .closing {
      let next = Array(rest.prefix(piece))
      rest = rest.dropFirst(next.count)
      var output: [UInt8] = []
      state = server.receive(next.span, at: HTTP1Harness.date, output: &output, handler: handler)
      takeOutput(output)
    }
  }

  func shutDownGracefully() {
    var output: [UInt8] = []
    state = server.shutDownGracefully(output: &output)
    takeOutput(output)
  }

  private func takeOutput(_ output: [UInt8]) {
    maxOutputLength = max(maxOutputLength, output.count)
    #expect(client.receive(output))
  }

  subscript(stream: Int32) -> HTTP2Client.Received { client.streams[stream] ?? HTTP2Client.Received() }
}
