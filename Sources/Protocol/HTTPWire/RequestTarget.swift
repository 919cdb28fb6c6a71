/// The target of a request line, as ranges of its bytes (RFC 9112 section 3.2).
struct RequestTarget {
  /// The path without the query; for the forms without a path the whole target, which matches no route.
  private(set) var path = 0..<0
  /// The host and port of the target; empty if only the Host field names them.
  private(set) var authority = 0..<0

  init() {}

  /// - Parameter method: The request's method: each form of a target is valid for certain methods.
  init(_ target: Range<Int>, of head: Span<UInt8>, for method: Span<UInt8>) throws(HTTPRejection) {
    guard head.extracting(target).isTarget else { throw .malformedRequestLine }
    path = target.lowerBound..<(head.first(UInt8(ascii: "?"), in: target) ?? target.upperBound)
    if method.equals("CONNECT") {
      authority = target
      guard Host.isHostAndPort(head.extracting(target)) else { throw .badTarget }
    } else if head[target.lowerBound] != UInt8(ascii: "/") {
      try parseURL(of: head, isAsteriskForm: method.equals("OPTIONS") && head.extracting(target).equals("*"))
    }
  }

  /// Parses `http://host/path` or `https://host/path`, unless the target is `*`, the whole server.
  private mutating func parseURL(of head: Span<UInt8>, isAsteriskForm: Bool) throws(HTTPRejection) {
    if isAsteriskForm { return }
    let schemes: [StaticString] = ["http://", "https://"]
    for scheme in schemes {
      let start = path.lowerBound + scheme.utf8CodeUnitCount
      guard start <= path.upperBound, head.extracting(path.lowerBound..<start).equals(lowercase: scheme) else {
        continue
      }
      authority = start..<(head.first(UInt8(ascii: "/"), in: start..<path.upperBound) ?? path.upperBound)
      path = authority.upperBound..<path.upperBound
      // A URL without a host is invalid (RFC 9110 section 4.2.1).
      guard !authority.isEmpty, Host.isValid(head.extracting(authority)) else { throw .badTarget }
      return
    }
    throw .badTarget
  }
}

/// A host with an optional port, as in the Host field and some targets: `uri-host [ ":" port ]` (RFC 9110
/// section 7.2, RFC 3986 section 3.2).
enum Host {
  /// An empty host is valid: that of a target without one.
  static func isValid(_ text: Span<UInt8>) -> Bool {
    guard let end = endOfName(text) else { return false }
    return end == text.count || end > 0 && isPort(text, from: end)
  }

  static func isHostAndPort(_ text: Span<UInt8>) -> Bool {
    guard let end = endOfName(text) else { return false }
    return end > 0 && end + 1 < text.count && isPort(text, from: end)
  }

  /// Returns the end of the name or bracketed address at the start of the text; nil if the brackets have no address.
  private static func endOfName(_ text: Span<UInt8>) -> Int? {
    if text.count > 0, text[0] == UInt8(ascii: "[") {
      let end = text.firstIndex(from: 1) { !ASCIISet.address.contains($0) }
      return end > 1 && end < text.count && text[end] == UInt8(ascii: "]") ? end + 1 : nil
    }
    return text.firstIndex(from: 0) { !ASCIISet.hostName.contains($0) }
  }

  /// Returns whether the rest is a colon and digits, possibly none.
  private static func isPort(_ text: Span<UInt8>, from colon: Int) -> Bool {
    text[colon] == UInt8(ascii: ":") && text.firstIndex(from: colon + 1) { !$0.isDigit } == text.count
  }
}

extension Span<UInt8> {
  /// Whether this is visible ASCII without `#`, which is never sent (RFC 3986 section 3.5).
  var isTarget: Bool { firstIndex(from: 0) { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "#") } == count }

  /// Returns the first index whose byte matches, or the count of bytes.
  fileprivate func firstIndex(from start: Int, where predicate: (UInt8) -> Bool) -> Int {
    var offset = start
    while offset < count, !predicate(self[offset]) { offset += 1 }
    return offset
  }
}
