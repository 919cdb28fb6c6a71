package import JSON

extension JSONReader {
  /// Reads the name of a `CustomResourceDefinition` (apiextensions.k8s.io/v1).
  package mutating func readDefinitionName() throws(JSONError) -> String {
    var name = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") { name = try reader.readMetadata().name }
    }
    return name
  }
}
