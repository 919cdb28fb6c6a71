package import JSON

extension JSONReader {
  /// Reads a `CustomResourceDefinition` (apiextensions.k8s.io/v1) and gives its name, if it is one of Whereabouts'.
  package mutating func readWhereaboutsDefinition() throws(JSONError) -> String? {
    var name = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") { name = try reader.readMetadata().name }
    }
    return name.hasSuffix(".whereabouts.cni.cncf.io") ? name : nil
  }
}
