internal import CNGHTTP2

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
    precondition(bytes.count <= text.count - textCount, "the fields must fit into the buffer")
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
