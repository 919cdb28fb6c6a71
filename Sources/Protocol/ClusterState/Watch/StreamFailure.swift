internal import JSON

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
