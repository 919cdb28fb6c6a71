internal import JSON

/// One line of a watch: `{"type":"MODIFIED","object":{…}}`.
struct WatchEvent {
  enum Change {
    case put
    case remove
    case bookmark
    case error
  }

  let change: Change
  let head: ObjectMeta
  /// The byte range of the object in the line.
  let object: Range<Int>

  init(of line: Span<UInt8>) throws(StreamFailure) {
    var type = ""
    var object: (head: ObjectMeta, range: Range<Int>)?
    do throws(JSONError) {
      var reader = JSONReader(line)
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("type") {
          type = try reader.readStringIfPresent()?.string ?? ""
        } else if key.equals("object") {
          _ = try reader.nextKind()
          let start = reader.offset
          object = (try ObjectMeta(from: &reader), start..<reader.offset)
        }
      }
      try reader.readEnd()
    } catch {
      throw .malformed(error)
    }
    guard let object, let change = Change(type) else { throw .notAnEvent }
    self.change = change
    (head, self.object) = object
  }
}

extension WatchEvent.Change {
  init?(_ type: String) {
    switch type {
    case "ADDED", "MODIFIED": self = .put
    case "DELETED": self = .remove
    case "BOOKMARK": self = .bookmark
    case "ERROR": self = .error
    default: return nil
    }
  }
}
