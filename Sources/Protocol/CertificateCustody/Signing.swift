internal import CertificateAuthority

// What the steps write.
extension SecretRecord {
  mutating func prepareAuthority(_ terms: CustodyTerms, at now: Int64, serial: UInt64) {
    // Two authorities stand side by side for a while; a name of its own for each tells them apart.
    let name = "authority \(String(serial, radix: 16)) of \(terms.service)"
    let life = (now - CustodyTerms.backdating)..<(now + terms.authorityLife.components.seconds)
    self[.nextAuthority, .nextAuthorityKey] = .authority(Subject(commonName: name, validity: life, serial: serial))
  }

  /// The prepared authority becomes the present one, whose key is forgotten: nothing else shall be signed with it.
  mutating func promote(_ terms: CustodyTerms, at now: Int64, serial: UInt64) {
    let former = Certificate.all(in: self[.authority]) + Certificate.all(in: self[.formerAuthorities])
    self[.formerAuthorities] = former.filter { $0.validity.upperBound > now }.flatMap(\.pem)
    self[.authority] = self[.nextAuthority]
    self[.authorityKey] = self[.nextAuthorityKey]
    self[.nextAuthority] = []
    self[.nextAuthorityKey] = []
    issue(terms, at: now, serial: serial)
  }

  mutating func issue(_ terms: CustodyTerms, at now: Int64, serial: UInt64) {
    guard let authority = self[.authority, .authorityKey] else { return }
    let end = min(now + terms.servingLife.components.seconds, authority.certificate.validity.upperBound)
    let subject = Subject(
      commonName: terms.service, validity: (now - CustodyTerms.backdating)..<end, serial: serial)
    self[.certificate, .key] = authority.issue(subject, for: terms.serverNames)
  }
}
