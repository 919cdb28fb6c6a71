internal import COpenSSL

/// A certificate with its private key.
package struct Identity: Sendable {
  package let certificate: Certificate
  package let key: PrivateKey

  /// Nil unless both are readable and belong together.
  package init?(certificate: [UInt8], key: [UInt8]) {
    guard let certificate = Certificate.all(in: certificate).first, let key = PrivateKey(pem: key),
      key.belongs(to: certificate)
    else { return nil }
    self.init(certificate, key)
  }

  private init(_ certificate: Certificate, _ key: PrivateKey) {
    self.certificate = certificate
    self.key = key
  }
}

/// The fields of a new certificate that its purpose does not determine.
package struct Subject: Sendable {
  /// The common name, truncated to ``maxCommonNameLength`` characters.
  package let commonName: String
  /// Seconds since 1970.
  package let validity: Range<Int64>
  /// The serial number, unique for the CA (RFC 5280 section 4.1.2.2).
  package let serial: UInt64

  /// RFC 5280 appendix A.1, `ub-common-name`. Clients use the alternative names, which may be longer.
  package static let maxCommonNameLength = 64

  package init(commonName: String, validity: Range<Int64>, serial: UInt64) {
    self.commonName = String(commonName.prefix(Self.maxCommonNameLength))
    self.validity = validity
    self.serial = serial
  }
}

extension Identity {
  /// Creates a self-signed CA.
  package static func certificateAuthority(_ subject: Subject) -> Identity {
    let key = PrivateKey()
    let draft = Draft(subject, key, issuer: nil)
    draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
    draft.add(NID_subject_key_identifier, "hash")
    draft.sign(with: key)
    return Identity(draft.certificate, key)
  }

  /// Creates a key pair and certificate, signed by this CA, for a server with these names.
  package func issue(_ subject: Subject, for names: [String]) -> Identity {
    let key = PrivateKey()
    let draft = Draft(subject, key, issuer: certificate)
    draft.add(NID_basic_constraints, "critical,CA:FALSE")
    draft.add(NID_key_usage, "critical,digitalSignature")
    draft.add(NID_ext_key_usage, "serverAuth")
    draft.add(NID_subject_key_identifier, "hash")
    draft.add(NID_authority_key_identifier, "keyid")
    draft.add(NID_subject_alt_name, names.map { "DNS:\($0)" }.joined(separator: ","))
    draft.sign(with: self.key)
    return Identity(draft.certificate, key)
  }
}

/// A certificate before it is signed. Its calls fail only without memory or due to a bug.
@safe private struct Draft {
  let certificate: Certificate
  let issuer: Certificate

  /// - Parameter issuer: The CA; nil for a self-signed certificate.
  init(_ subject: Subject, _ key: PrivateKey, issuer: Certificate?) {
    guard let pointer = unsafe X509_new() else { preconditionFailure("OpenSSL fails here only without memory") }
    certificate = unsafe Certificate(owning: pointer)
    self.issuer = issuer ?? certificate
    // Version 3, which is counted from zero.
    unsafe X509_set_version(pointer, 2)
    unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(pointer), subject.serial)
    unsafe ASN1_TIME_set(X509_getm_notBefore(pointer), Int(subject.validity.lowerBound))
    unsafe ASN1_TIME_set(X509_getm_notAfter(pointer), Int(subject.validity.upperBound))
    unsafe X509_set_pubkey(pointer, key.pointer)
    // Sound: the name is owned by the certificate; the text is copied. With -1 OpenSSL reads up to the zero byte.
    let isNamed = unsafe X509_NAME_add_entry_by_txt(
      X509_get_subject_name(pointer), "CN", MBSTRING_UTF8, subject.commonName, -1, -1, 0)
    precondition(isNamed == 1, "\(subject.commonName) is no common name")
    unsafe X509_set_issuer_name(pointer, X509_get_subject_name(self.issuer.pointer))
  }

  /// Adds an extension in the notation of x509v3_config(5).
  func add(_ identifier: Int32, _ value: String) {
    // Sound: the context refers to the two certificates only during the calls; the extension is copied, then freed.
    var context = unsafe X509V3_CTX()
    unsafe X509V3_set_ctx(&context, issuer.pointer, certificate.pointer, nil, nil, 0)
    guard let added = unsafe X509V3_EXT_nconf_nid(nil, &context, identifier, value) else {
      preconditionFailure("\(value) is no extension")
    }
    unsafe X509_add_ext(certificate.pointer, added, -1)
    unsafe X509_EXTENSION_free(added)
  }

  func sign(with key: PrivateKey) {
    let size = unsafe X509_sign(certificate.pointer, key.pointer, EVP_sha256())
    precondition(size > 0, "an EC key can sign")
  }
}
