internal import JSON

/// The fields that the reflector itself needs of an object, a list without its elements, or a Status.
struct ObjectMeta {
  var name = NamespacedName()
  var resourceVersion = ""
  /// The `continue` token of a list, for the next page; empty on the last one.
  var continueToken = ""
  /// The HTTP status code and the message of a Status.
  var code: Int?
  var message = ""

  init(of object: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(object)
    try self.init(from: &reader)
    try reader.readEnd()
  }

  /// Reads an object up to the end of its metadata, which precedes its spec and its status.
  init(beginningOf object: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(object)
    if try reader.enterMember("metadata") { try readMetadata(&reader) }
  }

  /// Reads the next value.
  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        try readMetadata(&reader)
      } else if key.equals("code") {
        code = try reader.readIntegerIfPresent()
      } else if key.equals("message") {
        message = try reader.readStringIfPresent()?.string ?? ""
      }
    }
  }

  private mutating func readMetadata(_ reader: inout JSONReader) throws(JSONError) {
    try reader.readMembers { key, reader throws(JSONError) in
      if key.equals("name") {
        name.name = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("namespace") {
        name.namespace = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("resourceVersion") {
        resourceVersion = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("continue") {
        continueToken = try reader.readStringIfPresent()?.string ?? ""
      }
    }
  }
}
