/// How `apply` ended.
package enum ChangeOutcome: Sendable, Equatable {
  /// The change has arrived everywhere; these machines remain stopped, and the command starts them.
  case done(stillStopped: [Machine], command: String = "")
  /// The change was taken back, and everything is as it was.
  case reverted
  /// Harvester would see no change.
  case unchanged
  /// A dry run, with the verdict on the change.
  case dryRun(isAllowed: Bool)

  package var isSuccess: Bool { self != .dryRun(isAllowed: false) }
}

/// Why `apply` ended early. What it did is recorded, unless nothing was done.
package enum ChangeStop: Error, Sendable, Equatable {
  /// Something forbids the change, with the reasons and what to do.
  case refused([String], advice: [String])
  /// Nothing has moved for too long, with what is known.
  case stuck(String, advice: [String])
  /// It cannot be told: the API server does not answer, or answers what cannot be read.
  case unavailable(String, advice: [String])
  /// The answer to the question was no.
  case declined

  /// Not a «no»: every Harvester has the setting, so this cluster is none, or is not whole.
  static let noSetting = unavailable("there is no setting storage-network (settings.harvesterhci.io)")

  static func unavailable(_ reason: String) -> ChangeStop { .unavailable(reason, advice: []) }

  static func refused(_ reason: String, advice: String...) -> ChangeStop { .refused([reason], advice: advice) }
}
