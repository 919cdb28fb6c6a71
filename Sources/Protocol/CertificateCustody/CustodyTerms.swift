/// What the custody of the certificates is about: which objects, for which server, for how long.
package struct CustodyTerms: Sendable {
  package let namespace: String
  /// The Secret that the webhook's pods mount.
  package let secret: String
  /// The Service that the API server calls.
  package let service: String
  /// The name of both webhook configurations.
  package let configuration: String
  /// Whether a change is to be refused while the webhook cannot be asked, once it is known that it can be.
  package let enforces: Bool
  package var authorityLife: Duration = .days(730)
  package var servingLife: Duration = .days(90)

  package init(namespace: String, secret: String, service: String, configuration: String, enforces: Bool) {
    self.namespace = namespace
    self.secret = secret
    self.service = service
    self.configuration = configuration
    self.enforces = enforces
  }

  /// The names under which a Service is called, the API server's first.
  package var serverNames: [String] {
    ["\(service).\(namespace).svc", "\(service).\(namespace).svc.cluster.local", "\(service).\(namespace)"]
  }

  /// In seconds: a certificate is valid from a little before it was made, since clocks differ.
  static let backdating: Int64 = 3600

  /// How long the API servers are given to learn of a new authority before a certificate of it is served.
  ///
  /// They learn of it within milliseconds; a pod gets the certificate after seconds at the earliest.
  package static let settling: Duration = .seconds(10)
}

extension Duration {
  package static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
}

extension Range<Int64> {
  /// When two thirds of it have passed: what remains is time enough for somebody to notice that renewing fails.
  var renewal: Int64 { lowerBound + (upperBound - lowerBound) / 3 * 2 }
}
