internal import JSON
internal import KubeObjects

/// A place in a configuration file: what is read from it is checked, and what is wrong names the file and the field.
struct KubeconfigNode {
  let file: String
  /// Such as `users["admin"].user`; empty for the whole file.
  let path: String
  let value: JSONValue

  func error(_ explanation: String) -> KubeError {
    KubeError(path.isEmpty ? "\(file): \(explanation)" : "\(file): \(path): \(explanation)")
  }

  /// Nil where there is no such member, or null.
  subscript(key: String) -> KubeconfigNode? {
    guard let member = value[key] else { return nil }
    if case .null = member { return nil }
    return KubeconfigNode(file: file, path: path.isEmpty ? key : "\(path).\(key)", value: member)
  }

  /// Nil where it is missing or empty.
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

  /// What stands as base64 under one key or as a file's path under another; the former counts where both do.
  func secret(data: String, file path: String) throws(KubeError) -> DataOrFile? {
    if let text = try text(data) {
      guard let bytes = Base64.decode(text) else {
        throw self[data]?.error("must be base64") ?? error("must be base64")
      }
      return .bytes(bytes)
    }
    return try self.file(path)
  }

  /// The file that a member names, which has to be there.
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

  /// Paths are relative to the folder of the file they stand in.
  func resolved(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return "\(file[..<slash])/\(path)"
  }
}
