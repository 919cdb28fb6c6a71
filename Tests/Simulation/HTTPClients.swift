import CNGHTTP2
import Foundation

/// The HTTP side of a simulated client: sends requests as bytes and compares responses.
protocol HTTPClient: AnyObject {
  /// Sends the next request; false without one, or if responses must arrive first.
  func sendRequest() -> Bool
  var canSendRequest: Bool { get }
  /// Bytes for the server that are not sent yet.
  func takeOutput() -> [UInt8]
  /// Receives bytes of the server; returns a description of an error in them.
  func receive(_ bytes: [UInt8]) -> String?
  /// The number of exchanges with the correct response.
  var responseCount: Int { get }
  var requestCount: Int { get }
}

/// HTTP/1.1 with pipelined requests.
final class HTTP1Client: HTTPClient {
  private let exchanges: [Exchange]
  private let depth: Int
  private var output: [UInt8] = []
  private var input: [UInt8] = []
  private(set) var requestCount = 0
  private(set) var responseCount = 0
  /// The time of day in seconds, now and at each request.
  private let clock: () -> Int
  private var sentAt: [Int] = []

  init(_ exchanges: [Exchange], depth: Int, clock: @escaping () -> Int = { 0 }) {
    self.exchanges = exchanges
    self.depth = depth
    self.clock = clock
  }

  var canSendRequest: Bool { requestCount < exchanges.count && requestCount - responseCount < depth }

  func sendRequest() -> Bool {
    guard canSendRequest else { return false }
    let exchange = exchanges[requestCount]
    requestCount += 1
    sentAt.append(clock())
    output += Array("\(exchange.method) \(exchange.path) HTTP/1.1\r\nHost: simulation\r\n".utf8)
    if exchange.isSmuggling { output += Array("Transfer-Encoding: chunked\r\n".utf8) }
    // Every other body is chunked.
    if exchange.body.isEmpty {
      output += Array("\r\n".utf8)
    } else if requestCount % 2 == 0, !exchange.isSmuggling {
      output += Array("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
      let half = exchange.body.utf8.count / 2
      for piece in [exchange.body.utf8.prefix(half), exchange.body.utf8.dropFirst(half)] {
        output += Array("\(String(piece.count, radix: 16))\r\n".utf8) + Array(piece) + Array("\r\n".utf8)
      }
      output += Array("0\r\n\r\n".utf8)
    } else {
      output += Array(
        "Content-Type: application/json\r\nContent-Length: \(exchange.body.utf8.count)\r\n\r\n\(exchange.body)".utf8)
    }
    return true
  }

  func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  func receive(_ bytes: [UInt8]) -> String? {
    input += bytes
    let blank = Data("\r\n\r\n".utf8)
    while let end = Data(input).range(of: blank) {
      let lines = String(decoding: input[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      let words = lines[0].split(separator: " ")
      let length = lines.compactMap { line in
        line.hasPrefix("Content-Length: ") ? Int(line.dropFirst("Content-Length: ".count)) : nil
      }.first
      guard words.count > 2, words[0] == "HTTP/1.1", let status = Int(words[1]), let length else {
        return "not the head of a response: \(lines)"
      }
      guard input.count >= end.upperBound + length else { return nil }
      let body = Array(input[end.upperBound..<end.upperBound + length])
      input.removeFirst(end.upperBound + length)
      guard responseCount < requestCount else { return "a response without a request: \(lines)" }
      guard exchanges[responseCount].isAnswered(by: status, body) else {
        return
          "\(exchanges[responseCount].path) got \(lines[0]) \(String(decoding: body.prefix(300), as: UTF8.self))"
      }
      guard let date = Self.date(in: lines), date >= sentAt[responseCount] else {
        return "a response has an earlier date than its request: \(lines)"
      }
      responseCount += 1
    }
    return nil
  }

  private static func date(in head: [String]) -> Int? {
    let form = DateFormatter()
    form.locale = Locale(identifier: "en_US_POSIX")
    form.timeZone = TimeZone(identifier: "GMT")
    form.dateFormat = "'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return head.compactMap { form.date(from: $0) }.first.map { Int($0.timeIntervalSince1970) }
  }
}

/// HTTP/2 by nghttp2, with concurrent streams.
final class HTTP2Client: HTTPClient {
  private let exchanges: [Exchange]
  private let depth: Int
  private var session: OpaquePointer?
  private var streams: [Int32: Stream] = [:]
  private var failure: String?
  private(set) var requestCount = 0
  private(set) var responseCount = 0

  private final class Stream {
    let exchange: Exchange
    var sent = 0
    var status = 0
    var body: [UInt8] = []

    init(_ exchange: Exchange) {
      self.exchange = exchange
    }
  }

  init(_ exchanges: [Exchange], depth: Int) {
    self.exchanges = exchanges
    self.depth = depth
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, frame, name, nameLength, value, valueLength, _, owner in
      guard let frame, let name = UnsafeBufferPointer(start: name, count: nameLength) as UnsafeBufferPointer?,
        name.elementsEqual(":status".utf8)
      else { return 0 }
      let text = String(decoding: UnsafeBufferPointer(start: value, count: valueLength), as: UTF8.self)
      HTTP2Client.of(owner)?.streams[frame.pointee.hd.stream_id]?.status = Int(text) ?? 0
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, owner in
      HTTP2Client.of(owner)?.streams[id]?.body += UnsafeBufferPointer(start: bytes, count: count)
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, owner in
      HTTP2Client.of(owner)?.ended(id, code)
      return 0
    }
    nghttp2_session_client_new(&session, callbacks, Unmanaged.passUnretained(self).toOpaque())
    nghttp2_session_callbacks_del(callbacks)
    nghttp2_submit_settings(session, 0, nil, 0)
  }

  deinit { nghttp2_session_del(session) }

  private static func of(_ owner: UnsafeMutableRawPointer?) -> HTTP2Client? {
    owner.map { Unmanaged<HTTP2Client>.fromOpaque($0).takeUnretainedValue() }
  }

  private func ended(_ id: Int32, _ code: UInt32) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    // A server that shuts down rejects streams that it has not begun, and clients may retry (RFC 9113 section 8.7).
    if code == NGHTTP2_REFUSED_STREAM.rawValue { return }
    if code == 0, stream.exchange.isAnswered(by: stream.status, stream.body) {
      responseCount += 1
    } else {
      let text = String(decoding: stream.body.prefix(300), as: UTF8.self)
      failure = "\(stream.exchange.path) got \(stream.status) \(text), error \(code)"
    }
  }

  var canSendRequest: Bool { requestCount < exchanges.count && requestCount - responseCount < depth }

  func sendRequest() -> Bool {
    guard canSendRequest else { return false }
    let exchange = exchanges[requestCount]
    requestCount += 1
    var fields = [
      (":method", exchange.method), (":scheme", "https"), (":authority", "simulation"), (":path", exchange.path),
    ]
    if !exchange.body.isEmpty { fields.append(("content-type", "application/json")) }
    var source = nghttp2_data_provider()
    source.read_callback = { _, id, buffer, count, flags, _, owner in
      guard let stream = HTTP2Client.of(owner)?.streams[id], let buffer else { return 0 }
      let part = Array(stream.exchange.body.utf8.dropFirst(stream.sent).prefix(count))
      part.withUnsafeBytes { bytes in
        if let start = bytes.baseAddress { memcpy(buffer, start, bytes.count) }
      }
      stream.sent += part.count
      if stream.sent == stream.exchange.body.utf8.count { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
      return part.count
    }
    let bytes = fields.map { (Array($0.0.utf8), Array($0.1.utf8)) }
    var memory: [UnsafeMutablePointer<UInt8>] = []
    let entries = bytes.map { name, value in
      func copy(_ text: [UInt8]) -> UnsafeMutablePointer<UInt8> {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, text.count))
        copy.initialize(from: text, count: text.count)
        memory.append(copy)
        return copy
      }
      return nghttp2_nv(name: copy(name), value: copy(value), namelen: name.count, valuelen: value.count, flags: 0)
    }
    defer { for copy in memory { copy.deallocate() } }
    let id =
      exchange.body.isEmpty
      ? nghttp2_submit_request(session, nil, entries, entries.count, nil, nil)
      : nghttp2_submit_request(session, nil, entries, entries.count, &source, nil)
    guard id > 0 else { return false }
    streams[id] = Stream(exchange)
    return true
  }

  func takeOutput() -> [UInt8] {
    var output: [UInt8] = []
    while true {
      var frame: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &frame)
      guard count > 0 else { return output }
      output += UnsafeBufferPointer(start: frame, count: count)
    }
  }

  func receive(_ bytes: [UInt8]) -> String? {
    let used = nghttp2_session_mem_recv(session, bytes, bytes.count)
    if used < 0 { return "no HTTP/2: \(used)" }
    return failure
  }
}
