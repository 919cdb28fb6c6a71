/// The state of a change, kept in a ConfigMap, so that another process can go on with it.
package struct ChangeRecord: Sendable, Equatable {
  /// How far the change is. Each phase is entered by one write of the record; what a phase does may be done twice.
  package enum Phase: String, Sendable, CaseIterable {
    /// Recorded; nothing has been stopped.
    case prepared
    /// Virtual machines are being stopped.
    case stopping
    /// Every virtual machine is stopped, and every volume is detached.
    case stopped
    /// The value is written; Harvester and Longhorn follow.
    case written
    /// The change has arrived everywhere.
    case verified
    /// Virtual machines are being started.
    case starting
  }

  package enum Direction: String, Sendable {
    case forward
    /// Back to the value before, and to the machines that ran.
    case revert
  }

  /// The name of the ConfigMap, and its namespace.
  package static let name = "storage-network-change"
  package static let namespace = "harvester-system"

  package internal(set) var phase = Phase.prepared
  package internal(set) var direction = Direction.forward
  /// The value before the change.
  package let original: [UInt8]
  /// The value that is stored before the next write; any other one was written by another client.
  var expected: [UInt8]
  /// The value to write next, then those after it: a revert during a change empties the value first.
  package internal(set) var values: [[UInt8]]
  /// The machines that ran, and are stopped for the change.
  package internal(set) var machines: [Machine]
  /// Whether the machines are started at the end: one call that asks for it is enough.
  package internal(set) var startsMachines: Bool
  /// The user and host of the process that acts now, for other people.
  package internal(set) var holder: String
  /// The process that acts now.
  var session: String
  /// The time of the first write and of the last one (RFC 3339).
  package let startedAt: String
  package internal(set) var updatedAt: String
  /// The version of the ConfigMap; empty before it is created.
  var resourceVersion = ""

  /// The value that is written in this phase.
  package var value: [UInt8] { values.first ?? original }

  /// The value that the change leads to.
  package var goal: [UInt8] { values.last ?? original }
}

extension ChangeRecord {
  /// The text of a value for people.
  static func described(_ value: [UInt8]) -> String {
    value.isEmpty ? "the empty value" : String(decoding: value, as: UTF8.self)
  }
}
