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

/// Why the reflector cannot process a stream of the API server any further.
enum StreamFailure: Error {
  case tooLong
  case malformed(JSONError)
  case notAnEvent
  /// A Table lacks the column for the status.
  case columnMissing
  /// An error event of the server, with the HTTP status code of its Status.
  case reported(code: Int, message: String)

  var explanation: String {
    switch self {
    case .tooLong: "an object is larger than \(WatchLimits.objectBytes / 1024 / 1024) MiB"
    case .malformed(let error): "the API server sent what is not JSON: \(error.explanation)"
    case .columnMissing: "the API server sent a Table without the column for the status"
    case .notAnEvent: "the API server sent what is not an event"
    case .reported(let code, let message): "the API server ended the watch with \(code): \(message)"
    }
  }
}
