/// Writes responses of HTTP/1.1.
struct ResponseWriter {
  let date: HTTPDate
  /// True when the connection ends with this response.
  let closes: Bool

  /// More than a head of this server ever has.
  private static let longestHead = 512

  func append(_ response: HTTPResponse, to output: inout [UInt8], withBody: Bool = true) {
    output.reserveCapacity(output.count + response.body.count + Self.longestHead)
    output.append(addingCapacity: Self.longestHead) { appendHead(of: response, to: &$0) }
    if withBody { output.append(contentsOf: response.body) }
  }

  private func appendHead(of response: HTTPResponse, to output: inout OutputSpan<UInt8>) {
    output.append(response.status.line)
    output.append("\r\nDate: ")
    output.append(date.bytes)
    output.append("\r\nContent-Type: ")
    output.append(response.contentType.text)
    output.append("\r\nContent-Length: ")
    output.append(decimal: response.body.count)
    if let allow = response.allow {
      output.append("\r\nAllow: ")
      output.append(allow)
    }
    output.append(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ literal: StaticString) {
    // Sound: a literal's bytes live as long as the program.
    unsafe append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount).span)
  }

  fileprivate mutating func append(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= freeCapacity, "the head is longer than the longest")
    unsafe withUnsafeMutableBufferPointer { buffer, count in
      // Sound: there is room, see above, and what is copied does not lie in it.
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
      count += bytes.count
    }
  }
}
