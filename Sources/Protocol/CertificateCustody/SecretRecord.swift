internal import CertificateAuthority
internal import JSON
internal import KubeObjects

/// The Secret that holds the keys, as it is stored; what else stands in it is kept.
struct SecretRecord {
  private var object: JSONValue

  /// The entries of the Secret. Those without "ca" in their names have the names that a Secret for TLS has to have.
  enum Entry: String, CaseIterable {
    case certificate = "tls.crt"
    case key = "tls.key"
    case authority = "ca.crt"
    case authorityKey = "ca.key"
    /// The authority that follows; nothing is signed by it yet.
    case nextAuthority = "next-ca.crt"
    case nextAuthorityKey = "next-ca.key"
    /// Authorities whose certificates may still be served somewhere. Their keys are gone.
    case formerAuthorities = "former-ca.crt"
  }

  init(_ object: JSONValue) {
    self.object = object
  }

  /// One that does not exist yet.
  init(name: String, namespace: String) {
    object = .object([
      JSONMember(key: "apiVersion", value: .string("v1")),
      JSONMember(key: "kind", value: .string("Secret")),
      JSONMember(key: "type", value: .string("Opaque")),
      JSONMember(
        key: "metadata",
        value: .object([
          JSONMember(key: "name", value: .string(name)), JSONMember(key: "namespace", value: .string(namespace)),
        ])),
    ])
  }

  subscript(entry: Entry) -> [UInt8] {
    get {
      object["data"]?[entry.rawValue]?.string.flatMap(Base64.decode) ?? []
    }
    set {
      let data = object["data"] ?? .object([])
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

  var json: [UInt8] { object.json }
}

extension JSONValue {
  /// The object with one member replaced, added, or removed where the value is nil.
  func setting(_ key: String, to value: JSONValue?) -> JSONValue {
    var members: [JSONMember] = []
    if case .object(let present) = self { members = present }
    let place = members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) } ?? members.endIndex
    members.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
    if let value { members.insert(JSONMember(key: key, value: value), at: min(place, members.endIndex)) }
    return .object(members)
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.append(sorted: self)
    return writer.bytes
  }
}
