/// What is registered: which objects, which Service, and how long certificates live.
package struct RegistrationOptions: Sendable {
  /// Which program signs the serving certificate.
  package enum CertificateIssuer: String, Sendable, CaseIterable {
    /// The registrar, with a CA of its own in the Secret.
    case registrar = "self"
    /// Another program, such as cert-manager, which writes the Secret; the registrar only reads it.
    case external
  }

  package var namespace = "harvester-system"
  /// The Secret that the serving pods mount.
  package var secret = "storage-network-webhook-tls"
  /// The Service that the API server calls.
  package var service = "storage-network-webhook"
  package var servicePort = 443
  /// The name of both webhook configurations.
  package var configuration = "storage-network-webhook"
  /// The owner of everything the registrar creates; the garbage collector deletes it all with this ClusterRole.
  package var clusterRole = "storage-network-webhook-registrar"
  package var issuer = CertificateIssuer.registrar
  package var caLifetime: Duration = .days(730)
  package var servingLifetime: Duration = .days(90)

  package init() {}

  /// The names under which the Service is called, the API server's first.
  package var serverNames: [String] {
    ["\(service).\(namespace).svc", "\(service).\(namespace).svc.cluster.local", "\(service).\(namespace)"]
  }
}

/// Every interval of the registration, with its reason.
package enum RegistrationLimits {
  /// How far the clocks of a cluster may be apart, in seconds: certificates are backdated by it, and one that becomes
  /// valid within it is taken for valid.
  static let clockSkewAllowance: Int64 = 3600

  /// From a change of caBundle to the first certificate of a new CA. API servers learn of it within milliseconds; a pod
  /// reads a new certificate after seconds at the earliest.
  package static let propagationDelay: Int64 = 10

  /// Everything is compared this often although no watch has told of a change.
  static let resync: Int64 = 600

  /// How long the answer counts whether the API servers know matchConditions, in seconds: before a write, so that two
  /// registrars agree and no answer of before an upgrade is acted upon, and else.
  static let matchingAgeBeforeWrite: Int64 = 2
  static let matchingAge: Int64 = 600

  /// Between two questions whether a serving pod answers.
  package static let probeInterval: Duration = .seconds(2)

  /// Writes in a row without a state in which nothing is left to do; beyond, another client undoes them.
  static let writesInRow = 30

  /// The pauses after failures in a row.
  static let retryDelays: [Duration] = [.milliseconds(200), .seconds(1), .seconds(2), .seconds(4)]

  /// After an answer that only an operator can change, such as 403.
  package static let operatorDelay: Duration = .seconds(10)
}

extension Duration {
  package static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
}

extension Range<Int64> {
  /// When two thirds of it have passed: the rest is the time in which a failing renewal can be noticed.
  package var renewal: Int64 { lowerBound + (upperBound - lowerBound) / 3 * 2 }

  func isCurrent(at now: Int64) -> Bool {
    lowerBound <= now + RegistrationLimits.clockSkewAllowance && now < renewal
  }

  func isExpired(at now: Int64) -> Bool { upperBound <= now - RegistrationLimits.clockSkewAllowance }
}
