/// Writes HTTP/1.1 responses.
struct ResponseWriter {
  let date: HTTPDate
  /// Whether the connection ends with this response.
  let closes: Bool

  /// More than any head of this server has.
  private static let maxHeadLength = 512

  /// Appends a response. It is borrowed, because a copy would count the body's references.
  func append(_ response: borrowing HTTPResponse, to output: inout [UInt8], withBody: Bool = true) {
    let length = response.body.count
    output.reserveCapacity(output.count + length + Self.maxHeadLength)
    output.append(addingCapacity: Self.maxHeadLength) {
      [status = response.status, contentType = response.contentType, allow = response.allow] head in
      head.append(status.line)
      head.append("\r\nDate: ")
      head.append(date.bytes)
      head.append("\r\nContent-Type: ")
      head.append(contentType.text)
      head.append("\r\nContent-Length: ")
      head.append(decimal: length)
      if let allow {
        head.append("\r\nAllow: ")
        head.append(allow)
      }
      head.append(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
    }
    if withBody { output.append(response.body.span) }
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ literal: StaticString) {
    // Sound: a literal's bytes are never freed.
    unsafe append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount).span)
  }

  fileprivate mutating func append(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= freeCapacity, "the head must fit into the reserved capacity")
    unsafe withUnsafeMutableBufferPointer { buffer, count in
      // Sound: the capacity is checked above, and the source does not overlap the buffer.
      let output = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      unsafe bytes.withUnsafeBytes { unsafe output.copyMemory(from: $0) }
      count += bytes.count
    }
  }
}
