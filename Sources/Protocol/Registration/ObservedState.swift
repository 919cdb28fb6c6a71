internal import CertificateAuthority
internal import JSON

/// The stored objects, and state of this process.
struct ObservedState {
  var owner: Owner?
  var secret: TLSSecret?
  var configurations: [WebhookKind: WebhookConfiguration] = [:]
  /// Nil if it does not exist.
  var setting: JSONValue?
  /// The result of the last detection, and its time in seconds since 1970.
  var matching: (RequestMatching, at: Int64)?
  /// Whether a probe of a serving pod has succeeded since this process started.
  var hasServed = false
  /// Whether the CA is to be replaced before its renewal is due.
  var rotatesCA = false
  /// The end of the propagation delay of these CAs (PEM), in seconds since 1970; nil before it has started.
  var propagation: (cas: [UInt8], endsAt: Int64)?
}

extension ObservedState {
  func nextStep(_ options: RegistrationOptions, at now: Int64) -> ReconcileStep {
    guard let owner else {
      return .blocked("ClusterRole \(options.clusterRole) not found; apply the manifests of this version")
    }
    guard let matching, now - matching.at < RegistrationLimits.matchingAge, now >= matching.at else {
      return .detectMatching
    }
    if let step = caStep(options, at: now) { return step }
    for kind in WebhookKind.allCases {
      guard let desired = specification(kind, options, at: now) else { continue }
      if configurations[kind]?.matches(desired, ownedBy: owner) != true {
        let isFresh = now - matching.at < RegistrationLimits.matchingAgeBeforeWrite
        return isFresh ? .applyConfiguration(kind) : .detectMatching
      }
    }
    // The certificate first: while the webhook cannot serve, the API server also rejects the label.
    return secretStep(options, owner, at: now) ?? (needsLabel ? .labelSetting : lastStep(options, at: now))
  }

  private func caStep(_ options: RegistrationOptions, at now: Int64) -> ReconcileStep? {
    switch options.issuer {
    case .registrar: nextCA(at: now) == nil && currentCA(at: now) == nil ? .createNextCA : nil
    case .external:
      // Existing configurations are still reconciled.
      configurations.count < WebhookKind.allCases.count && bundle(.validating, at: now).isEmpty
        ? .blocked(externalProblem(options, at: now) ?? "") : nil
    }
  }

  /// Returns the next step of the Secret, after the API server trusts its CAs.
  private func secretStep(_ options: RegistrationOptions, _ owner: Owner, at now: Int64) -> ReconcileStep? {
    guard options.issuer == .registrar else { return externalProblem(options, at: now).map(ReconcileStep.blocked) }
    guard let secret else { return .createNextCA }
    if nextCA(at: now) != nil { return propagation(at: now) ?? .activateNextCA }
    guard let ca = currentCA(at: now) else { return .createNextCA }
    guard let serving = secret[.certificate, .key], serving.serves(options, signedBy: ca, at: now) else {
      // If the served certificate is of the same CA, the API server has long trusted it.
      let isOfSameCA = secret.servingCertificate?.isSigned(by: ca.certificate) == true
      return (isOfSameCA ? nil : propagation(at: now)) ?? .issueServingCertificate
    }
    return owner.owns(secret.object) ? nil : .adoptSecret
  }

  private func lastStep(_ options: RegistrationOptions, at now: Int64) -> ReconcileStep {
    if isServing {
      if options.issuer == .registrar, secret?.recordsServing == false { return .recordServing }
    } else if configurations.values.contains(where: { !$0.isOptedOut }) {
      return .probe
    }
    var times = [now + RegistrationLimits.resync]
    if options.issuer == .registrar {
      times += [servingCertificate?.validity.renewal, currentCA(at: now)?.certificate.validity.renewal].compactMap(
        \.self)
    }
    return .upToDate(requeueAt: times.min() ?? now)
  }

  /// Returns the remaining wait; nil if no pod can be serving a certificate of another CA.
  private func propagation(at now: Int64) -> ReconcileStep? {
    guard servingCertificate != nil else { return nil }
    let delay = RegistrationLimits.propagationDelay
    guard let propagation, propagation.cas == trustedCAs(at: now), propagation.endsAt - now <= delay else {
      return .waitForPropagation(delay)
    }
    return propagation.endsAt > now ? .waitForPropagation(propagation.endsAt - now) : nil
  }

  /// Returns the CAs of the Secret as PEM.
  func trustedCAs(at now: Int64) -> [UInt8] { (secret?.trustedCAs(at: now) ?? []).flatMap(\.pem) }
}

// Derived state.
extension ObservedState {
  func nextCA(at now: Int64) -> Identity? { secret?.currentCA(.nextCA, .nextCAKey, at: now) }

  func currentCA(at now: Int64) -> Identity? { rotatesCA ? nil : secret?.currentCA(.ca, .caKey, at: now) }

  var servingCertificate: Certificate? { secret?.servingCertificate }

  /// Whether a probe has ever succeeded: failurePolicy is Fail from then on, even if one of the objects is reset.
  var isServing: Bool {
    hasServed || secret?.recordsServing == true || configurations.values.contains { $0.failurePolicy == .fail }
  }

  private var needsLabel: Bool {
    guard let setting, matching?.0 == .objectSelector else { return false }
    let label = setting["metadata"]?["labels"]?[RegistrationNames.settingLabel]?.string
    return label != RegistrationNames.settingLabelValue
  }

  /// Returns the CAs that a configuration must trust: those of the Secret, and the unexpired ones that it trusts now, since
  /// a pod may still serve a certificate of them. If it trusts none, those of the other configuration apply.
  func bundle(_ kind: WebhookKind, at now: Int64) -> [Certificate] {
    var bundle = secret?.trustedCAs(at: now) ?? []
    let kinds = [kind] + WebhookKind.allCases.filter { $0 != kind }
    let trusted = kinds.map { configurations[$0]?.trustedCAs.filter { !$0.validity.isExpired(at: now) } ?? [] }
    for ca in trusted.first(where: { !$0.isEmpty }) ?? [] where !bundle.contains(ca) { bundle.append(ca) }
    return bundle
  }

  /// Nil if no CA is known.
  func specification(_ kind: WebhookKind, _ options: RegistrationOptions, at now: Int64) -> WebhookSpecification? {
    let bundle = bundle(kind, at: now)
    guard let matching, !bundle.isEmpty else { return nil }
    let isOptedOut = configurations[kind]?.isOptedOut == true
    return WebhookSpecification(
      kind: kind, options: options, caBundle: bundle.flatMap(\.pem),
      failurePolicy: isServing && !isOptedOut ? .fail : .ignore, matching: matching.0)
  }

  /// Returns why the Secret of the external issuer is unusable; nil if it is usable.
  private func externalProblem(_ options: RegistrationOptions, at now: Int64) -> String? {
    let name = "Secret \(options.namespace)/\(options.secret)"
    guard let secret else {
      return "\(name) not found; it is written by the program that issues the certificate, such as cert-manager"
    }
    if Certificate.all(in: secret[.ca]).allSatisfy({ $0.validity.isExpired(at: now) }) {
      return "\(name): ca.crt: Required value: must hold the PEM certificate of a CA that has not expired; "
        + "use an issuer that writes it"
    }
    return nil
  }
}
