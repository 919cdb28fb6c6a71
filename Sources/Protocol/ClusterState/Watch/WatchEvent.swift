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

  /// Reads a line.
  ///
  /// - Parameter put: Reads the object of a change to put, which has a name, from the line's reader, so that each byte
  ///   behind the metadata is read once. If what follows the object is damaged, the line is an error all the same.
  init(
    of line: Span<UInt8>, put: (NamespacedName, inout JSONReader) throws(JSONError) -> Void
  ) throws(StreamFailure) {
    let change: Change?
    var head: ObjectMeta?
    do throws(JSONError) {
      change = try Change(of: line)
      var reader = JSONReader(line)
      try reader.readMembers { key, reader throws(JSONError) in
        guard key.equals("object") else { return }
        if change == .put {
          head = try ObjectMeta(beginningOf: line.extracting(reader.offset...))
          if let name = head?.name, !name.name.isEmpty { try put(name, &reader) } else { head = nil }
        } else {
          head = try ObjectMeta(from: &reader)
        }
      }
      try reader.readEnd()
    } catch {
      throw .malformed(error)
    }
    guard let change, let head else { throw .notAnEvent }
    self.change = change
    self.head = head
  }
}

extension WatchEvent.Change {
  /// Reads the type of a line; the API server writes it first. Nil for an unknown one.
  fileprivate init?(of line: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(line)
    guard try reader.enterMember("type"), let type = try reader.readStringIfPresent()?.string else { return nil }
    self.init(type)
  }

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
