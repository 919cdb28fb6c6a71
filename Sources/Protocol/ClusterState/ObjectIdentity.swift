package import JSON
internal import KubeObjects

/// The group, kind and name of an object. Read in a pass of its own, because `kind` may be the last member.
package struct ObjectIdentity {
  package let group: String
  package let kind: String
  package let name: NamespacedName
  /// The byte range of a list's `items` array; nil for a single object.
  let items: Range<Int>?

  package init(of object: Span<UInt8>) throws(JSONError) {
    var apiVersion = ""
    var kind = ""
    var metadata = Metadata()
    var items: Range<Int>?
    var reader = JSONReader(object)
    try reader.readMembers { key, reader throws(JSONError) in
      if key.equals("apiVersion") {
        apiVersion = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("kind") {
        kind = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("items"), try reader.nextKind() == .array {
        items = try reader.skip()
      }
    }
    try reader.readEnd()
    let slash = apiVersion.firstIndex(of: "/")
    group = slash.map { String(apiVersion[..<$0]) } ?? ""
    self.kind = kind
    name = NamespacedName(namespace: metadata.namespace, name: metadata.name)
    self.items = kind.hasSuffix("List") ? items : nil
  }
}
