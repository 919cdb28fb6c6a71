/// The parts of an API server's URL.
struct ServerURL: Equatable {
  let scheme: String
  /// In brackets where it is an IPv6 address.
  let host: String
  let port: String
  /// Empty, or with a slash at the beginning and none at the end.
  let path: String
  /// Host and port as they stand in the URL.
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
  /// As it stands in a URL.
  var bracketed: String { contains(":") ? "[\(self)]" : self }
}
