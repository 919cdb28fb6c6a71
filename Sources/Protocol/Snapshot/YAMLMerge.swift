internal import JSON

/// The merge key of YAML 1.1, which kubectl reads: `<<: *anchor` adds the members of a mapping that has an anchor.
///
/// <https://yaml.org/type/merge.html>
enum YAMLMerge {
  static let key = Array("<<".utf8)

  /// Returns the JSON object with the members of other ones, or of lists of them, that it does not have itself. The first
  /// of several with the same key counts.
  static func merging(_ others: [[UInt8]], into object: [UInt8]) throws(SnapshotError) -> [UInt8] {
    var merged = Array(object.dropLast())
    var keys = Set(try members(of: object).map(\.key))
    for other in others {
      for (key, value) in try members(of: other) where keys.insert(key).inserted {
        if merged.count > 1 { merged.append(UInt8(ascii: ",")) }
        merged += YAMLScalar.json(ofString: Array(key.utf8)) + [UInt8(ascii: ":")] + value
      }
    }
    return merged + [UInt8(ascii: "}")]
  }

  private static func members(of json: [UInt8]) throws(SnapshotError) -> [(key: String, value: [UInt8])] {
    var members: [(key: String, value: [UInt8])] = []
    var elements: [[UInt8]] = []
    guard json.first == UInt8(ascii: "{") || json.first == UInt8(ascii: "[") else { throw notMapping }
    do throws(JSONError) {
      var reader = JSONReader(json.span)
      if json.first == UInt8(ascii: "[") {
        try reader.readElements { reader throws(JSONError) in elements.append(Array(json[try reader.skip()])) }
      } else {
        try reader.readMembers { key, reader throws(JSONError) in
          members.append((key.string, Array(json[try reader.skip()])))
        }
      }
    } catch {
      throw notMapping
    }
    for element in elements { members += try Self.members(of: element) }
    return members
  }

  private static var notMapping: SnapshotError {
    SnapshotError(explanation: "the merge key << must have a mapping, or a list of mappings")
  }
}
