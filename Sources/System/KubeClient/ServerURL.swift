/// The parts of an API server's URL.
struct ServerURL: Equatable {
  let scheme: String
  /// The host, in brackets if it is an IPv6 address.
  let host: String
  let port: String
  /// The path, with a leading and without a trailing slash; may be empty.
  let path: String
  /// The host and port as in the URL.
  let authority: String

  init(_ text: String) {
    let schemeEnd = text.firstRange(of: "://")
    scheme = schemeEnd.map { String(text[..<$0.lowerBound]) } ?? "https"
    let rest = schemeEnd.map { text[$0.upperBound...] } ?? text[...]
    let authority = rest.prefix { $0 != "/" }
    path = String(rest.dropFirst(authority.count))
    self.authority = String(authority)
    let hostEnd = authority.lastIndex(of: "]").map { authority.index(after: $0) }
    if let colon = authority[(hostEnd ?? authority.startIndex)...].lastIndex(of: ":") {
      host = String(authority[..<colon])
      port = String(authority[authority.index(after: colon)...])
    } else {
      host = String(authority)
      port = scheme == "http" ? "80" : "443"
    }
  }
}

extension String {
  /// The string as a URL's host.
  var bracketed: String { contains(":") ? "[\(self)]" : self }
}
