/// What a request line names, as places in its bytes (RFC 9112 section 3.2).
struct RequestTarget {
  /// Without query. The forms that have no path keep all they are, which matches no route.
  private(set) var path = 0..<0
  /// The host and port that the target itself names; empty where the Host field alone does.
  private(set) var authority = 0..<0

  init() {}

  /// - Parameter method: What precedes it: each form belongs to certain methods.
  init(_ target: Range<Int>, of head: Span<UInt8>, for method: Span<UInt8>) throws(HTTPRejection) {
    guard head.extracting(target).isTarget else { throw .malformedRequestLine }
    path = target.lowerBound..<(head.first(UInt8(ascii: "?"), in: target) ?? target.upperBound)
    if method.equals("CONNECT") {
      authority = target
      guard Host.isHostAndPort(head.extracting(target)) else { throw .badTarget }
    } else if head[target.lowerBound] != UInt8(ascii: "/") {
      try parseURL(of: head, isForAll: method.equals("OPTIONS") && head.extracting(target).equals("*"))
    }
  }

  /// `http://host/path` or `https://host/path`, unless the target is the `*` that stands for the whole server.
  private mutating func parseURL(of head: Span<UInt8>, isForAll: Bool) throws(HTTPRejection) {
    if isForAll { return }
    let schemes: [StaticString] = ["http://", "https://"]
    for scheme in schemes {
      let start = path.lowerBound + scheme.utf8CodeUnitCount
      guard start <= path.upperBound, head.extracting(path.lowerBound..<start).equals(lowercase: scheme) else {
        continue
      }
      authority = start..<(head.first(UInt8(ascii: "/"), in: start..<path.upperBound) ?? path.upperBound)
      path = authority.upperBound..<path.upperBound
      // A URL without a host is none (RFC 9110 section 4.2.1).
      guard !authority.isEmpty, Host.isValid(head.extracting(authority)) else { throw .badTarget }
      return
    }
    throw .badTarget
  }
}

/// A host with or without a port, as the Host field and some targets name it: `uri-host [ ":" port ]` (RFC 9110
/// section 7.2, RFC 3986 section 3.2).
enum Host {
  /// A text without anything is a host too: that of a target which has none.
  static func isValid(_ text: Span<UInt8>) -> Bool {
    guard let end = endOfName(text) else { return false }
    return end == text.count || end > 0 && isPort(text, from: end)
  }

  static func isHostAndPort(_ text: Span<UInt8>) -> Bool {
    guard let end = endOfName(text) else { return false }
    return end > 0 && end + 1 < text.count && isPort(text, from: end)
  }

  /// Behind the name or the address in brackets that the text begins with; nil where brackets hold no address.
  private static func endOfName(_ text: Span<UInt8>) -> Int? {
    if text.count > 0, text[0] == UInt8(ascii: "[") {
      let end = text.firstIndex(from: 1) { !ASCIISet.address.contains($0) }
      return end > 1 && end < text.count && text[end] == UInt8(ascii: "]") ? end + 1 : nil
    }
    return text.firstIndex(from: 0) { !ASCIISet.hostName.contains($0) }
  }

  /// A colon and digits, of which there may be none.
  private static func isPort(_ text: Span<UInt8>, from colon: Int) -> Bool {
    text[colon] == UInt8(ascii: ":") && text.firstIndex(from: colon + 1) { !$0.isDigit } == text.count
  }
}

extension Span<UInt8> {
  /// Visible ASCII only; a `#` never goes over the wire (RFC 3986 section 3.5).
  var isTarget: Bool { firstIndex(from: 0) { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "#") } == count }

  /// The first place at which this holds, or the count of bytes.
  fileprivate func firstIndex(from start: Int, where predicate: (UInt8) -> Bool) -> Int {
    var offset = start
    while offset < count, !predicate(self[offset]) { offset += 1 }
    return offset
  }
}
