import Foundation

/// A JSON Patch (RFC 6902) as the API server applies it, implemented with Foundation only.
struct JSONPatch {
  let operations: [[String: Any]]

  func applied(to document: Any) throws -> Any {
    try operations.reduce(document) { document, operation in
      guard let op = operation["op"] as? String, let path = operation["path"] as? String, path.hasPrefix("/"),
        let value = operation["value"]
      else { throw CaseError(description: "\(operation) is no operation") }
      // RFC 6901 section 4: first ~1, then ~0.
      let keys = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
        String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
      }
      return try Self.write(value, at: keys[...], in: document, replaces: op == "replace")
    }
  }

  private static func write(
    _ value: Any, at keys: ArraySlice<String>, in document: Any, replaces: Bool
  ) throws -> Any {
    guard let key = keys.first else { return value }
    if var object = document as? [String: Any] {
      let isLast = keys.count == 1
      // The target of a replacement must exist, and so must the parent of an added member (sections 4.1 and 4.3).
      guard object[key] != nil || isLast && !replaces else { throw CaseError(description: "there is no \(key)") }
      object[key] = try write(value, at: keys.dropFirst(), in: object[key] ?? NSNull(), replaces: replaces)
      return object
    }
    guard var list = document as? [Any], let index = Int(key), list.indices.contains(index), replaces else {
      throw CaseError(description: "there is no \(key) in \(document)")
    }
    list[index] = try write(value, at: keys.dropFirst(), in: list[index], replaces: replaces)
    return list
  }

  /// One line for each operation, the value's first.
  var lines: [String] {
    operations.map { operation in
      let path = operation["path"] as? String ?? "?"
      if path == "/value" { return "Stored as: \(operation["value"] as? String ?? "?")" }
      let data = try? JSONSerialization.data(
        withJSONObject: operation["value"] ?? NSNull(),
        options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
      return "Patched: \(path): \(data.map { String(decoding: $0, as: UTF8.self) } ?? "?")"
    }
  }
}
