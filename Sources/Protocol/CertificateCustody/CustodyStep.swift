internal import CertificateAuthority

/// What the custody's objects hold at one moment.
struct Holdings {
  /// Nil where the Secret does not exist.
  var secret: SecretRecord?
  var validating: ConfigurationRecord
  var mutating: ConfigurationRecord
}

/// The two configurations, by which kind they are.
enum ConfigurationKind: String, CaseIterable {
  case validating = "validatingwebhookconfigurations"
  case mutating = "mutatingwebhookconfigurations"
}

extension Holdings {
  subscript(kind: ConfigurationKind) -> ConfigurationRecord {
    get {
      switch kind {
      case .validating: validating
      case .mutating: mutating
      }
    }
    set {
      switch kind {
      case .validating: validating = newValue
      case .mutating: mutating = newValue
      }
    }
  }
}

/// The one thing to do next. Each is one write, and each leaves behind a state in which the API server trusts what is
/// served; so whoever is stopped after any of them does no harm, and the next run goes on from there.
enum CustodyStep: Equatable {
  /// Make an authority that signs nothing yet.
  case prepareAuthority
  /// Let the API server trust every authority that signs or is about to.
  case trust(ConfigurationKind)
  /// Leave the API servers time to learn of it, since certificates of another authority are being served.
  case settle
  /// Let the prepared authority take over, and sign a serving pair.
  case promote
  /// Sign a serving pair with the present authority.
  case issue
  /// Refuse changes from now on while the webhook cannot be asked.
  case enforce
  /// There is nothing to do until then, in seconds since 1970.
  case rest(until: Int64)
}

extension Holdings {
  /// - Parameters:
  ///   - hasSettled: Time was given since the last change of what is trusted.
  ///   - rotates: A new authority is wanted, however young the present one is.
  func nextStep(_ terms: CustodyTerms, at now: Int64, hasSettled: Bool, rotates: Bool) -> CustodyStep {
    let prepared = secret?.authority(.nextAuthority, .nextAuthorityKey, at: now)
    let present = rotates ? nil : secret?.authority(.authority, .authorityKey, at: now)
    guard prepared != nil || present != nil else { return .prepareAuthority }

    let wanted = authorities(at: now)
    for kind in ConfigurationKind.allCases where !wanted.allSatisfy(self[kind].trusted.contains) {
      return .trust(kind)
    }
    if prepared != nil { return mustSettle(hasSettled) ? .settle : .promote }
    guard let present, let serving = secret?[.certificate, .key], serving.serves(terms, signedBy: present, at: now)
    else {
      return mustSettle(hasSettled) && !isServed(by: present) ? .settle : .issue
    }
    if terms.enforces, !validating.isEnforced { return .enforce }
    return .rest(until: min(serving.certificate.validity.renewal, present.certificate.validity.renewal))
  }

  /// Every authority whose certificates are or will be served, the newest first.
  func authorities(at now: Int64) -> [Certificate] {
    guard let secret else { return [] }
    let entries: [SecretRecord.Entry] = [.nextAuthority, .authority, .formerAuthorities]
    return entries.flatMap { Certificate.all(in: secret[$0]) }.filter { $0.validity.upperBound > now }
  }

  /// Pods may be serving a certificate already.
  private func mustSettle(_ hasSettled: Bool) -> Bool {
    !hasSettled && !Certificate.all(in: secret?[.certificate] ?? []).isEmpty
  }

  private func isServed(by authority: Identity?) -> Bool {
    guard let authority, let serving = Certificate.all(in: secret?[.certificate] ?? []).first else { return false }
    return serving.isSigned(by: authority.certificate)
  }
}

extension SecretRecord {
  /// An authority that can sign and that need not be renewed yet.
  func authority(_ certificate: Entry, _ key: Entry, at now: Int64) -> Identity? {
    guard let authority = self[certificate, key], authority.certificate.isAuthority else { return nil }
    let validity = authority.certificate.validity
    return validity.lowerBound <= now && now < validity.renewal ? authority : nil
  }
}

extension Identity {
  fileprivate func serves(_ terms: CustodyTerms, signedBy authority: Identity, at now: Int64) -> Bool {
    let validity = certificate.validity
    return validity.lowerBound <= now && now < validity.renewal && certificate.isSigned(by: authority.certificate)
      && terms.serverNames.allSatisfy(certificate.isFor)
  }
}
