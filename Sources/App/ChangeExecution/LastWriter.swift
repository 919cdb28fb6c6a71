internal import JSON

/// The client that wrote a field last, as the API server's managed fields tell it.
///
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management>
struct LastWriter {
  /// For example `kubectl-edit at 2026-11-29T08:00:00Z`; nil where the object does not tell.
  let described: String?

  /// - Parameter field: A top-level field, such as `value`.
  init(of field: String, in object: JSONValue) {
    guard case .array(let entries)? = object["metadata"]?["managedFields"] else {
      described = nil
      return
    }
    let owners = entries.filter { $0["fieldsV1"]?["f:\(field)"] != nil }
    let last = owners.max { ($0["time"]?.string ?? "") < ($1["time"]?.string ?? "") }
    described = last.flatMap { entry in
      entry["manager"]?.string.map { manager in manager + (entry["time"]?.string.map { " at \($0)" } ?? "") }
    }
  }
}
