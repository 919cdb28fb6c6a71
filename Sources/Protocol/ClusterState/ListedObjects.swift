package import JSON

/// The objects of a document: its single object, or every element of a list.
package struct ListedObjects {
  package struct Object {
    package let group: String
    package let kind: String
    package let name: String
    /// The object's JSON.
    package let text: [UInt8]
  }

  package private(set) var objects: [Object] = []

  package init(in document: [UInt8]) throws(JSONError) {
    try add(document.span, listedAs: nil)
  }

  /// - Parameter list: The list that contains the object: the API server omits `kind` in the elements of a
  ///   `SettingList`.
  private mutating func add(_ object: Span<UInt8>, listedAs list: ObjectIdentity?) throws(JSONError) {
    let identity = try ObjectIdentity(of: object)
    guard let items = identity.items else {
      let isNamed = !identity.kind.isEmpty
      objects.append(
        Object(
          group: isNamed ? identity.group : list?.group ?? "",
          kind: isNamed ? identity.kind : String(list?.kind.dropLast("List".count) ?? ""), name: identity.name.name,
          text: [UInt8](copying: object)))
      return
    }
    let elements = object.extracting(items)
    var reader = JSONReader(elements)
    try reader.readElements { reader throws(JSONError) in
      try add(elements.extracting(try reader.skip()), listedAs: identity)
    }
  }
}

extension [UInt8] {
  fileprivate init(copying bytes: Span<UInt8>) {
    self = []
    append(copying: bytes)
  }
}
