internal import ClusterState
internal import Reports
internal import Rules

/// The record in the cluster. Each write carries the version that was read, so that two processes learn of each other.
final class RecordStore {
  private(set) var record: ChangeRecord
  private let connection: ChangeConnection
  private var lastConfirmation: Duration

  /// How often a process that waits asks whether the change is still its own.
  private static let confirmationInterval: Duration = .seconds(5)

  private init(_ record: ChangeRecord, _ connection: ChangeConnection) {
    self.record = record
    self.connection = connection
    connection.isRecorded = true
    lastConfirmation = connection.cluster.elapsed()
  }

  /// Reads the record; nil if no change is recorded.
  static func stored(_ connection: ChangeConnection) throws(ChangeStop) -> ChangeRecord? {
    let response = try connection.send(APIRequest(path: ChangeRecord.path))
    switch response.status {
    case 404: return nil
    case 200:
      guard let record = response.value.flatMap(ChangeRecord.init(configMap:)) else {
        throw .refused(
          "the ConfigMap \(ChangeRecord.namespace)/\(ChangeRecord.name) is not readable by this version",
          advice: "use the version that wrote it, or delete it and start its virtual machines yourself")
      }
      connection.isRecorded = true
      return record
    default: throw .refused(response.reasons, advice: [])
    }
  }

  /// Creates the record of a new change.
  static func create(_ record: ChangeRecord, _ connection: ChangeConnection) throws(ChangeStop) -> RecordStore {
    // The response may be lost.
    connection.isRecorded = true
    let response = try connection.send(record.writeRequest)
    if response.isSuccess, let stored = response.value.flatMap(ChangeRecord.init(configMap:)) {
      return RecordStore(stored, connection)
    }
    guard response.isSuccess || response.status == 409 else { throw .refused(response.reasons, advice: []) }
    // The response of an earlier attempt may be lost.
    guard let stored = try stored(connection) else { throw vanished(record, connection.options) }
    guard stored.session == record.session else { throw takenOver(by: stored, connection.options) }
    return RecordStore(stored, connection)
  }

  /// Makes this process the one that acts on a recorded change.
  static func takeOver(_ record: ChangeRecord, _ connection: ChangeConnection, _ change: (inout ChangeRecord) -> Void)
    throws(ChangeStop) -> RecordStore
  {
    let store = RecordStore(record, connection)
    try store.update(change)
    return store
  }
}

extension RecordStore {
  /// Writes the changed record.
  func update(_ change: (inout ChangeRecord) -> Void) throws(ChangeStop) {
    let before = record
    var next = before
    change(&next)
    next.holder = connection.options.holder
    next.session = connection.options.session
    next.updatedAt = connection.cluster.timestamp()
    for _ in 0..<Self.maxAttempts {
      let response = try connection.send(next.writeRequest)
      if response.isSuccess, let stored = response.value.flatMap(ChangeRecord.init(configMap:)) {
        return confirm(stored)
      }
      guard response.isSuccess || response.status == 409 || response.status == 404 else {
        throw .refused(response.reasons, advice: [])
      }
      guard let stored = try Self.stored(connection) else { throw Self.vanished(record, connection.options) }
      let isOwn = stored.session == next.session || stored == before
      guard isOwn else { throw Self.takenOver(by: stored, connection.options) }
      next.resourceVersion = stored.resourceVersion
    }
    throw Self.unwritable
  }

  private static let maxAttempts = 8

  /// Deletes the record at the end of the change.
  func remove() throws(ChangeStop) {
    for _ in 0..<Self.maxAttempts {
      let response = try connection.send(record.deleteRequest)
      if response.isSuccess || response.status == 404 { return }
      guard response.status == 409 else { throw .refused(response.reasons, advice: []) }
      guard let stored = try Self.stored(connection) else { return }
      guard stored.session == record.session else { throw Self.takenOver(by: stored, connection.options) }
      confirm(stored)
    }
    throw .unavailable(
      "the change is complete, but its record \(ChangeRecord.namespace)/\(ChangeRecord.name) changes faster than it can be deleted",
      advice: ["to delete it: \(connection.options.command("apply", "--resume"))"])
  }

  private static let unwritable = ChangeStop.unavailable(
    "the ConfigMap \(ChangeRecord.namespace)/\(ChangeRecord.name) changes faster than it can be written")

  /// Throws if another process has taken the change over. Asks at most every few seconds, unless `now` is true.
  func confirmSession(now: Bool = false) throws(ChangeStop) {
    let time = connection.cluster.elapsed()
    guard now || time - lastConfirmation >= Self.confirmationInterval else { return }
    guard let stored = try Self.stored(connection) else { throw Self.vanished(record, connection.options) }
    guard stored.session == record.session else { throw Self.takenOver(by: stored, connection.options) }
    confirm(stored)
  }

  private func confirm(_ stored: ChangeRecord) {
    record = stored
    lastConfirmation = connection.cluster.elapsed()
  }

  private static func takenOver(by other: ChangeRecord, _ options: ChangeOptions) -> ChangeStop {
    .refused(
      "\(other.holder) has taken the change over at \(other.updatedAt) (phase \(other.phase.rawValue))",
      advice: "agree who goes on; then run: \(options.command("apply", "--resume"))",
      "or: \(options.command("apply", "--revert"))")
  }

  /// Names what only this process still knows.
  private static func vanished(_ record: ChangeRecord, _ options: ChangeOptions) -> ChangeStop {
    let deletion = "the ConfigMap \(ChangeRecord.namespace)/\(ChangeRecord.name) was deleted by another client"
    guard !record.machines.isEmpty else {
      return .refused(deletion, advice: "look at \(options.command("verify")); then begin anew")
    }
    let machines = record.machines.map { "\($0.reference) (\($0.runPolicy.described))" }
    let verb = machines.count == 1 ? "runs" : "run"
    return .refused(
      [
        deletion,
        """
        outside of the change \(machines.count.counted("virtual machine")) \(verb), with this run strategy: \
        \(machines.englishList)
        """,
        "the value before the change is \(ChangeRecord.described(record.original))",
      ],
      advice: ["look at \(options.command("verify")); start the virtual machines by hand; then begin anew"])
  }
}
