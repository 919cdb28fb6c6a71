internal import JSON

// Building, changing and comparing Kubernetes objects.
extension JSONValue {
  static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { JSONMember(key: $0.key, value: $0.value) })
  }

  static func strings(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }

  /// Returns the object with one member replaced or added; nil removes it.
  func setting(_ key: String, to value: JSONValue?) -> JSONValue {
    var members: [JSONMember] = []
    if case .object(let present) = self { members = present }
    let index = members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) } ?? members.endIndex
    members.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
    if let value { members.insert(JSONMember(key: key, value: value), at: min(index, members.endIndex)) }
    return .object(members)
  }

  /// Returns the object with one entry of a map in its metadata, such as `labels`, set.
  func settingMetadata(_ map: String, _ key: String, to value: String) -> JSONValue {
    let metadata = self["metadata"] ?? .object([])
    let entries = (metadata[map] ?? .object([])).setting(key, to: .string(value))
    return setting("metadata", to: metadata.setting(map, to: entries))
  }

  var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  func annotation(_ name: String) -> String? { self["metadata"]?["annotations"]?[name]?.string }

  /// The JSON text without white space and with sorted keys: equal values have equal bytes.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.append(sorted: self)
    return writer.bytes
  }
}

/// The ClusterRole that owns the objects of the registrar.
///
/// <https://kubernetes.io/docs/concepts/architecture/garbage-collection/>
struct Owner: Equatable {
  let name: String
  let uid: String

  /// Nil for a ClusterRole that is being deleted.
  init?(_ clusterRole: JSONValue) {
    let metadata = clusterRole["metadata"]
    guard let name = metadata?["name"]?.string, let uid = metadata?["uid"]?.string,
      metadata?["deletionTimestamp"] == nil
    else { return nil }
    (self.name, self.uid) = (name, uid)
  }

  var references: JSONValue {
    .array([
      .members([
        "apiVersion": .string("rbac.authorization.k8s.io/v1"), "kind": .string("ClusterRole"), "name": .string(name),
        "uid": .string(uid),
      ])
    ])
  }

  func owns(_ object: JSONValue) -> Bool { object["metadata"]?["ownerReferences"]?.json == references.json }

  func adopt(_ object: JSONValue) -> JSONValue {
    let metadata = object["metadata"] ?? .object([])
    return object.setting("metadata", to: metadata.setting("ownerReferences", to: references))
  }
}

/// The labels and annotations of this program, and the webhooks' name.
package enum RegistrationNames {
  /// On a configuration, `Ignore` is set by an operator and overrides Fail. On the Secret, `Fail` records that a pod has
  /// served.
  package static let failurePolicy = "storage-network.harvesterhci.io/failure-policy"

  /// The label of the Setting for object selectors.
  package static let settingLabel = "storage-network.harvesterhci.io/webhook"
  package static let settingLabelValue = "enabled"

  /// The name of both webhooks, which kubectl and the Web UI show in every denial.
  package static let webhook = "storage-network.harvesterhci.io"
}
