/// The forms in which a request names its target (RFC 9112 section 3.2).
enum RequestTarget {
  /// The path without query of a target in origin form or absolute form; empty for the forms that have none.
  static func path(of head: Span<UInt8>, _ target: Range<Int>) throws(HTTPRejection) -> Range<Int> {
    for place in target {
      // Visible ASCII only; a `#` never goes over the wire (RFC 3986 section 3.5).
      let byte = head[place]
      if byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") { throw .malformedRequestLine }
    }
    let end = head.first(UInt8(ascii: "?"), in: target) ?? target.upperBound
    return try pathStart(head, target.lowerBound..<end)..<end
  }

  /// Behind `http://host` or `https://host`, if the target begins so.
  private static func pathStart(_ head: Span<UInt8>, _ target: Range<Int>) throws(HTTPRejection) -> Int {
    if target.isEmpty { return target.lowerBound }
    if head[target.lowerBound] == UInt8(ascii: "/") { return target.lowerBound }
    let schemes: [StaticString] = ["http://", "https://"]
    for scheme in schemes {
      let end = target.lowerBound + scheme.utf8CodeUnitCount
      guard end <= target.upperBound, head.extracting(target.lowerBound..<end).equals(lowercase: scheme) else {
        continue
      }
      let hostEnd = head.first(UInt8(ascii: "/"), in: end..<target.upperBound) ?? target.upperBound
      // A URL without a host is none (RFC 9110 section 4.2.1).
      if hostEnd == end { throw .malformedRequestLine }
      return hostEnd
    }
    // `*` and `host:port` name no path; the whole target then matches no route.
    return target.lowerBound
  }

  /// Whether a text can be a host and port: letters, digits and the punctuation of names and of IPv6 addresses.
  static func isHost(_ text: Span<UInt8>) -> Bool {
    let allowed = ASCIISet.host
    for index in text.indices where !allowed.contains(text[index]) { return false }
    return true
  }
}
