internal import CertificateAuthority
internal import JSON

/// What the API server holds, and what is known besides.
struct ObservedState {
  var owner: Owner?
  var secret: TLSSecret?
  var configurations: [WebhookKind: WebhookConfiguration] = [:]
  /// Nil where there is none.
  var setting: JSONValue?
  /// When the API servers were asked what they keep, and what came of it.
  var matching: (RequestMatching, at: Int64)?
  /// A serving pod has answered since this process started.
  var hasServed = false
  /// A new CA is wanted, however young the current one is.
  var rotatesCA = false
  /// Until when API servers are given time to learn of these CAs (PEM); nil where that has not been waited for.
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
    // A certificate first: while the webhook cannot serve, the API server refuses the label too.
    return secretStep(options, owner, at: now) ?? (needsLabel ? .labelSetting : lastStep(options, at: now))
  }

  private func caStep(_ options: RegistrationOptions, at now: Int64) -> ReconcileStep? {
    switch options.issuer {
    case .registrar: nextCA(at: now) == nil && currentCA(at: now) == nil ? .createNextCA : nil
    case .external:
      // What is registered is kept in order all the same.
      configurations.count < WebhookKind.allCases.count && bundle(.validating, at: now).isEmpty
        ? .blocked(externalProblem(options, at: now) ?? "") : nil
    }
  }

  /// What is left to do in the Secret once the API server trusts its CAs.
  private func secretStep(_ options: RegistrationOptions, _ owner: Owner, at now: Int64) -> ReconcileStep? {
    guard options.issuer == .registrar else { return externalProblem(options, at: now).map(ReconcileStep.blocked) }
    guard let secret else { return .createNextCA }
    if nextCA(at: now) != nil { return propagation(at: now) ?? .activateNextCA }
    guard let ca = currentCA(at: now) else { return .createNextCA }
    guard let serving = secret[.certificate, .key], serving.serves(options, signedBy: ca, at: now) else {
      // Where the served one is of the same CA, the API server has trusted that for long.
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

  /// Only where pods may be serving a certificate of another CA.
  private func propagation(at now: Int64) -> ReconcileStep? {
    guard servingCertificate != nil else { return nil }
    let delay = RegistrationLimits.propagationDelay
    guard let propagation, propagation.cas == trustedCAs(at: now), propagation.endsAt - now <= delay else {
      return .waitForPropagation(delay)
    }
    return propagation.endsAt > now ? .waitForPropagation(propagation.endsAt - now) : nil
  }

  /// Of the Secret, as PEM.
  func trustedCAs(at now: Int64) -> [UInt8] { (secret?.trustedCAs(at: now) ?? []).flatMap(\.pem) }
}

// What follows from what is stored.
extension ObservedState {
  func nextCA(at now: Int64) -> Identity? { secret?.currentCA(.nextCA, .nextCAKey, at: now) }

  func currentCA(at now: Int64) -> Identity? { rotatesCA ? nil : secret?.currentCA(.ca, .caKey, at: now) }

  var servingCertificate: Certificate? { secret?.servingCertificate }

  /// A pod has answered once: from then on failurePolicy is Fail, whatever happens to one of the objects.
  var isServing: Bool {
    hasServed || secret?.recordsServing == true || configurations.values.contains { $0.failurePolicy == .fail }
  }

  private var needsLabel: Bool {
    guard let setting, matching?.0 == .objectSelector else { return false }
    let label = setting["metadata"]?["labels"]?[RegistrationNames.settingLabel]?.string
    return label != RegistrationNames.settingLabelValue
  }

  /// The CAs that a configuration has to trust: those of the Secret and what it trusted before, as long as that has not
  /// expired, since a pod may still serve a certificate of it. What one configuration has lost, the other one knows.
  func bundle(_ kind: WebhookKind, at now: Int64) -> [Certificate] {
    var bundle = secret?.trustedCAs(at: now) ?? []
    let kinds = [kind] + WebhookKind.allCases.filter { $0 != kind }
    let trusted = kinds.map { configurations[$0]?.trustedCAs.filter { !$0.validity.isExpired(at: now) } ?? [] }
    for ca in trusted.first(where: { !$0.isEmpty }) ?? [] where !bundle.contains(ca) { bundle.append(ca) }
    return bundle
  }

  /// Nil where no CA is known to put into it.
  func specification(_ kind: WebhookKind, _ options: RegistrationOptions, at now: Int64) -> WebhookSpecification? {
    let bundle = bundle(kind, at: now)
    guard let matching, !bundle.isEmpty else { return nil }
    let isOptedOut = configurations[kind]?.isOptedOut == true
    return WebhookSpecification(
      kind: kind, options: options, caBundle: bundle.flatMap(\.pem),
      failurePolicy: isServing && !isOptedOut ? .fail : .ignore, matching: matching.0)
  }

  /// What the other program that writes the Secret has not done yet.
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
