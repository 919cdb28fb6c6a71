internal import CertificateAuthority
internal import JSON
internal import KubeObjects

/// The stored Secret with certificates and keys; unknown members are kept.
struct TLSSecret {
  private(set) var object: JSONValue

  /// The entries of the Secret. `tls.crt`, `tls.key` and `ca.crt` are the names that cert-manager uses too.
  enum Entry: String, CaseIterable {
    case certificate = "tls.crt"
    case key = "tls.key"
    case ca = "ca.crt"
    case caKey = "ca.key"
    /// The next CA, which has not signed anything yet.
    case nextCA = "next-ca.crt"
    case nextCAKey = "next-ca.key"
    /// CAs whose certificates may still be served; their keys are deleted.
    case previousCAs = "former-ca.crt"
  }

  init(_ object: JSONValue) {
    self.object = object
  }

  /// A new Secret.
  init(name: String, namespace: String) {
    object = .members([
      "apiVersion": .string("v1"), "kind": .string("Secret"), "type": .string("Opaque"),
      "metadata": .members([
        "name": .string(name), "namespace": .string(namespace),
        "labels": .members(["app.kubernetes.io/name": .string("storage-network-webhook")]),
      ]),
    ])
  }

  subscript(entry: Entry) -> [UInt8] {
    get { object["data"]?[entry.rawValue]?.string.flatMap(Base64.decode) ?? [] }
    set {
      var data = object["data"] ?? .object([])
      if case .object = data {} else { data = .object([]) }
      let value = newValue.isEmpty ? nil : JSONValue.string(Base64.encode(newValue))
      object = object.setting("data", to: data.setting(entry.rawValue, to: value))
    }
  }

  subscript(certificate: Entry, key: Entry) -> Identity? {
    get { Identity(certificate: self[certificate], key: self[key]) }
    set {
      self[certificate] = newValue?.certificate.pem ?? []
      self[key] = newValue?.key.pem ?? []
    }
  }

  /// Returns a CA that can sign and is not due for renewal.
  func currentCA(_ certificate: Entry, _ key: Entry, at now: Int64) -> Identity? {
    guard let ca = self[certificate, key], ca.certificate.isCA, ca.certificate.validity.isCurrent(at: now) else {
      return nil
    }
    return ca
  }

  /// Returns every CA whose certificates are or will be served, the newest first.
  func trustedCAs(at now: Int64) -> [Certificate] {
    let entries: [Entry] = [.nextCA, .ca, .previousCAs]
    return entries.flatMap { Certificate.all(in: self[$0]) }.filter { !$0.validity.isExpired(at: now) }
  }

  /// The certificate that the pods mount.
  var servingCertificate: Certificate? { Certificate.all(in: self[.certificate]).first }

  /// Whether a probe with a certificate of this Secret has succeeded; failurePolicy is Fail from then on.
  var recordsServing: Bool { object.annotation(RegistrationNames.failurePolicy) == "Fail" }

  mutating func recordServing() {
    object = object.settingMetadata("annotations", RegistrationNames.failurePolicy, to: "Fail")
  }

  mutating func adopt(by owner: Owner) {
    object = owner.adopt(object)
  }
}

// Writes of the steps.
extension TLSSecret {
  mutating func createNextCA(_ options: RegistrationOptions, at now: Int64, serial: UInt64) {
    // Two CAs coexist for a while, so each has a distinct name.
    let name = "CA \(String(serial, radix: 16)) of \(options.service)"
    let validity =
      (now - RegistrationLimits.clockSkewAllowance)..<(now + options.caLifetime.components.seconds)
    self[.nextCA, .nextCAKey] = .certificateAuthority(Subject(commonName: name, validity: validity, serial: serial))
  }

  /// Replaces the current CA by the next one. The old key is deleted, because it must not sign any more.
  mutating func activateNextCA(_ options: RegistrationOptions, at now: Int64, serial: UInt64) {
    let previous = Certificate.all(in: self[.ca]) + Certificate.all(in: self[.previousCAs])
    self[.previousCAs] = previous.filter { !$0.validity.isExpired(at: now) }.flatMap(\.pem)
    self[.ca] = self[.nextCA]
    self[.caKey] = self[.nextCAKey]
    self[.nextCA] = []
    self[.nextCAKey] = []
    issueServingCertificate(options, at: now, serial: serial)
  }

  mutating func issueServingCertificate(_ options: RegistrationOptions, at now: Int64, serial: UInt64) {
    guard let ca = self[.ca, .caKey] else { return }
    let end = min(now + options.servingLifetime.components.seconds, ca.certificate.validity.upperBound)
    let start = now - RegistrationLimits.clockSkewAllowance
    self[.certificate, .key] = ca.issue(
      Subject(commonName: options.service, validity: start..<end, serial: serial), for: options.serverNames)
  }
}

extension Identity {
  func serves(_ options: RegistrationOptions, signedBy ca: Identity, at now: Int64) -> Bool {
    certificate.validity.isCurrent(at: now) && certificate.isSigned(by: ca.certificate)
      && options.serverNames.allSatisfy(certificate.isValid(forHost:))
  }
}
