/// Writes responses of HTTP/1.1.
struct ResponseWriter {
  let date: HTTPDate
  /// True when the connection ends with this response.
  let closes: Bool

  func append(_ response: HTTPResponse, to output: inout [UInt8], withBody: Bool = true) {
    output.reserveCapacity(output.count + response.body.count + 256)
    output.append(response.status.line)
    output.append("\r\nDate: ")
    output.append(contentsOf: date.bytes)
    output.append("\r\nContent-Type: ")
    output.append(response.contentType.text)
    output.append("\r\nContent-Length: ")
    output.append(decimal: response.body.count)
    if let allow = response.allow {
      output.append("\r\nAllow: ")
      output.append(allow)
    }
    output.append(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
    if withBody { output.append(contentsOf: response.body) }
  }
}
