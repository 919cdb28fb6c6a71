package import JSON

extension JSONReader {
  /// Reads a `CustomResourceDefinition` (apiextensions.k8s.io/v1) and gives its name.
  package mutating func readDefinitionName() throws(JSONError) -> String {
    var name = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") { name = try reader.readMetadata().name }
    }
    return name
  }
}
