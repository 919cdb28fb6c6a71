internal import ClusterState
internal import JSON
internal import Reports

// The ConfigMap: one entry for each fact, so that kubectl shows it readably.
extension ChangeRecord {
  static let collectionPath = "/api/v1/namespaces/\(namespace)/configmaps"
  static let path = "\(collectionPath)/\(name)"

  /// The request that creates the ConfigMap, or replaces the version that was read.
  var writeRequest: APIRequest {
    let isNew = resourceVersion.isEmpty
    return APIRequest(method: isNew ? "POST" : "PUT", path: isNew ? Self.collectionPath : Self.path, body: object)
  }

  /// The request that deletes the version that was read.
  var deleteRequest: APIRequest {
    let preconditions = JSONValue.object([JSONMember("resourceVersion", resourceVersion)])
    let options = [
      JSONMember("apiVersion", "v1"), JSONMember("kind", "DeleteOptions"), JSONMember("preconditions", preconditions),
    ]
    return APIRequest(method: "DELETE", path: Self.path, body: Array(options.line.utf8))
  }

  private var object: [UInt8] {
    var metadata = [
      JSONMember("name", Self.name), JSONMember("namespace", Self.namespace),
      JSONMember("labels", .object([JSONMember("app.kubernetes.io/managed-by", "storage-network-webhook")])),
    ]
    if !resourceVersion.isEmpty { metadata.append(JSONMember("resourceVersion", resourceVersion)) }
    let object = [
      JSONMember("apiVersion", "v1"), JSONMember("kind", "ConfigMap"), JSONMember("metadata", .object(metadata)),
      JSONMember("data", .object(data)),
    ]
    return Array(object.line.utf8)
  }

  private var data: [JSONMember] {
    func text(_ value: [UInt8]) -> String { String(decoding: value, as: UTF8.self) }
    return [
      JSONMember("phase", phase.rawValue), JSONMember("direction", direction.rawValue),
      JSONMember("originalValue", text(original)), JSONMember("expectedValue", text(expected)),
      JSONMember("values", json(.array(values.map { .string(text($0)) }))),
      JSONMember("virtualMachines", json(.array(machines.map { .object($0.members) }))),
      JSONMember("startVMs", startsMachines ? "true" : "false"),
      JSONMember("holder", holder), JSONMember("session", session), JSONMember("startedAt", startedAt),
      JSONMember("updatedAt", updatedAt),
    ]
  }

  private func json(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.append(sorted: value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Nil for a ConfigMap that is none of this program's, or was written by a version that knows more.
  init?(configMap: JSONValue) {
    let data = configMap["data"]
    func text(_ key: String) -> String? { data?[key]?.string }
    guard let version = configMap["metadata"]?["resourceVersion"]?.string,
      let phase = text("phase").flatMap(Phase.init), let direction = text("direction").flatMap(Direction.init),
      let original = text("originalValue"), let expected = text("expectedValue"),
      case .array(let values)? = text("values").flatMap(Self.parsed),
      case .array(let machines)? = text("virtualMachines").flatMap(Self.parsed)
    else { return nil }
    self.phase = phase
    self.direction = direction
    self.original = Array(original.utf8)
    self.expected = Array(expected.utf8)
    self.values = values.compactMap { $0.string.map { Array($0.utf8) } }
    self.machines = machines.compactMap(Machine.init(recorded:))
    startsMachines = text("startVMs") == "true"
    holder = text("holder") ?? ""
    session = text("session") ?? ""
    startedAt = text("startedAt") ?? ""
    updatedAt = text("updatedAt") ?? ""
    resourceVersion = version
    if self.values.isEmpty || self.machines.count != machines.count { return nil }
  }

  private static func parsed(_ text: String) -> JSONValue? { try? JSONValue(parsing: Array(text.utf8)) }
}
