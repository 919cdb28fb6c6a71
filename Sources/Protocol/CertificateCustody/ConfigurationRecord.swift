internal import CertificateAuthority
internal import JSON
internal import KubeObjects

/// A webhook configuration as it is stored: whom the API server trusts, and what it does when nobody answers.
struct ConfigurationRecord {
  private var object: JSONValue

  init(_ object: JSONValue) {
    self.object = object
  }

  private var webhooks: [JSONValue] {
    get {
      guard case .array(let webhooks)? = object["webhooks"] else { return [] }
      return webhooks
    }
    set { object = object.setting("webhooks", to: .array(newValue)) }
  }

  /// The authorities that every webhook of the configuration trusts.
  var trusted: [Certificate] {
    let bundles = webhooks.map { webhook in Certificate.all(in: bundle(of: webhook)) }
    guard let first = bundles.first else { return [] }
    return first.filter { authority in bundles.allSatisfy { $0.contains(authority) } }
  }

  /// All that any of its webhooks trusts.
  private var known: [Certificate] {
    webhooks.flatMap { Certificate.all(in: bundle(of: $0)) }
  }

  private func bundle(of webhook: JSONValue) -> [UInt8] {
    webhook["clientConfig"]?["caBundle"]?.string.flatMap(Base64.decode) ?? []
  }

  /// Adds authorities to all of its webhooks. What was trusted before stays so until it expires: somebody may still
  /// serve a certificate of it.
  mutating func trust(_ authorities: [Certificate], at now: Int64) {
    var bundle = authorities
    for authority in known where authority.validity.upperBound > now && !bundle.contains(authority) {
      bundle.append(authority)
    }
    let text = Base64.encode(bundle.flatMap(\.pem))
    webhooks = webhooks.map { webhook in
      let client = webhook["clientConfig"] ?? .object([])
      return webhook.setting("clientConfig", to: client.setting("caBundle", to: .string(text)))
    }
  }

  /// Whether a change that it cannot ask about is refused.
  var isEnforced: Bool {
    get {
      webhooks.allSatisfy { $0["failurePolicy"]?.string != "Ignore" }
    }
    set {
      let policy = JSONValue.string(newValue ? "Fail" : "Ignore")
      webhooks = webhooks.map { $0.setting("failurePolicy", to: policy) }
    }
  }

  var json: [UInt8] { object.json }
}
