/// The registered objects and Service, and the lifetimes of certificates.
package struct RegistrationOptions: Sendable {
  /// The program that signs the serving certificate.
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
  /// The owner of the created objects; the garbage collector deletes them with this ClusterRole.
  package var clusterRole = "storage-network-webhook-registrar"
  package var issuer = CertificateIssuer.registrar
  package var caLifetime: Duration = .days(730)
  package var servingLifetime: Duration = .days(90)

  package init() {}

  /// The host names of the Service; the API server uses the first.
  package var serverNames: [String] {
    ["\(service).\(namespace).svc", "\(service).\(namespace).svc.cluster.local", "\(service).\(namespace)"]
  }
}

/// Every limit and interval of the registration, with its reason.
package enum RegistrationLimits {
  /// The maximum difference of clocks in a cluster, in seconds: certificates are backdated by it, and one that becomes
  /// valid within it counts as valid.
  static let clockSkewAllowance: Int64 = 3600

  /// The time from a change of caBundle to the first certificate of a new CA, in seconds. API servers see the change within
  /// milliseconds; a pod reads a new certificate after seconds at the earliest.
  package static let propagationDelay: Int64 = 10

  /// The interval of reconciliations without a watch event, in seconds.
  static let resync: Int64 = 600

  /// The maximum age of the detection of matchConditions, in seconds: shorter before a write, so that two registrars agree
  /// and no result from before an upgrade is used.
  static let matchingAgeBeforeWrite: Int64 = 2
  static let matchingAge: Int64 = 600

  /// The interval between two probes.
  package static let probeInterval: Duration = .seconds(2)

  /// The maximum number of consecutive writes without reaching the desired state; with more, another client undoes them.
  static let maxConsecutiveWrites = 30

  /// The delays after consecutive failures.
  static let retryDelays: [Duration] = [.milliseconds(200), .seconds(1), .seconds(2), .seconds(4)]

  /// The delay after an error that only an operator can correct, such as 403.
  package static let operatorDelay: Duration = .seconds(10)
}

extension Duration {
  package static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
}

extension Range<Int64> {
  /// The time of renewal, after two thirds of the validity: the rest is the time to notice a failing renewal.
  package var renewal: Int64 { lowerBound + (upperBound - lowerBound) / 3 * 2 }

  func isCurrent(at now: Int64) -> Bool {
    lowerBound <= now + RegistrationLimits.clockSkewAllowance && now < renewal
  }

  func isExpired(at now: Int64) -> Bool { upperBound <= now - RegistrationLimits.clockSkewAllowance }
}
