internal import JSON

// A list as a Table (meta.k8s.io/v1): printed columns and metadata in place of whole objects.
//
// <https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>

/// The columns of a Table.
enum TableColumns {
  /// Returns the position of a column of type `string`; nil if there is none.
  ///
  /// - Parameter beginning: The Table up to the bracket of its rows.
  static func index(of name: String, in beginning: [UInt8]) -> Int? {
    let table = beginning + Array("]}".utf8)
    guard case .array(let columns)? = (try? JSONValue(parsing: table))?["columnDefinitions"] else { return nil }
    return columns.firstIndex { $0["name"]?.string == name && $0["type"]?.string == "string" }
  }
}

/// A row of a Table: the text in one column, and the name of the object.
struct TableRow {
  private(set) var name = NamespacedName()
  /// Empty if the object has no value for the column.
  private(set) var text = ""

  init(of row: Span<UInt8>, column: Int) throws(StreamFailure) {
    var cells = 0
    do throws(JSONError) {
      var reader = JSONReader(row)
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("cells") {
          try reader.readElements { reader throws(JSONError) in
            if cells == column { text = try reader.readStringIfPresent()?.string ?? "" } else { try reader.skip() }
            cells += 1
          }
        } else if key.equals("object") {
          name = try reader.readObjectName()
        }
      }
      try reader.readEnd()
    } catch {
      throw .malformed(error)
    }
    guard cells > column, !name.name.isEmpty else { throw .columnMissing }
  }
}

extension JSONReader {
  /// Reads the namespace and name of an object with metadata.
  fileprivate mutating func readObjectName() throws(JSONError) -> NamespacedName {
    var name = NamespacedName()
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("metadata") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("name") {
          name.name = try reader.readStringIfPresent()?.string ?? ""
        } else if key.equals("namespace") {
          name.namespace = try reader.readStringIfPresent()?.string ?? ""
        }
      }
    }
    return name
  }
}
