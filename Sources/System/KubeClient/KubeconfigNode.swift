internal import JSON
internal import KubeObjects

/// A value in a kubeconfig file; reading checks its type, and errors name the file and the field.
struct KubeconfigNode {
  let file: String
  /// The field's path, such as `users["admin"].user`; empty for the whole file.
  let path: String
  let value: JSONValue

  func error(_ explanation: String) -> KubeError {
    KubeError(path.isEmpty ? "\(file): \(explanation)" : "\(file): \(path): \(explanation)")
  }

  /// The member; nil if it is missing or null.
  subscript(key: String) -> KubeconfigNode? {
    guard let member = value[key] else { return nil }
    if case .null = member { return nil }
    return KubeconfigNode(file: file, path: path.isEmpty ? key : "\(path).\(key)", value: member)
  }

  /// Returns the text of a member; nil if it is missing or empty.
  func text(_ key: String) throws(KubeError) -> String? {
    guard let member = self[key] else { return nil }
    guard case .string(let text) = member.value else { throw member.error("must be a string") }
    return text.isEmpty ? nil : text
  }

  func bool(_ key: String) throws(KubeError) -> Bool {
    guard let member = self[key] else { return false }
    guard case .bool(let bool) = member.value else { throw member.error("must be true or false") }
    return bool
  }

  func object(_ key: String) throws(KubeError) -> KubeconfigNode? {
    guard let member = self[key] else { return nil }
    guard case .object = member.value else { throw member.error("must be an object") }
    return member
  }

  func list(_ key: String) throws(KubeError) -> [KubeconfigNode] {
    guard let member = self[key] else { return [] }
    guard case .array(let elements) = member.value else { throw member.error("must be a list") }
    return elements.enumerated().map { index, element in
      let name = element["name"]?.string.map { "\"\($0)\"" } ?? String(index)
      return KubeconfigNode(file: file, path: "\(member.path)[\(name)]", value: element)
    }
  }

  /// Returns the base64 data under one key, or the file under another; the data has precedence.
  func secret(data: String, file path: String) throws(KubeError) -> DataOrFile? {
    if let text = try text(data) {
      guard let bytes = Base64.decode(text) else {
        throw self[data]?.error("must be base64") ?? error("must be base64")
      }
      return .bytes(bytes)
    }
    return try self.file(path)
  }

  /// Returns the file that a member names, after a check that it is readable.
  func file(_ key: String) throws(KubeError) -> DataOrFile? {
    guard let text = try text(key) else { return nil }
    let secret = DataOrFile.file(resolved(text))
    do throws(KubeError) {
      _ = try secret.read()
    } catch {
      throw self[key]?.error(error.description) ?? error
    }
    return secret
  }

  /// Returns the path relative to the folder of the kubeconfig file.
  func resolved(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return "\(file[..<slash])/\(path)"
  }
}
