package import Reports

/// What `verify --reclaim` reports, in order.
package enum ReclaimEvent {
  /// What can be removed, before anything is.
  case found(ReclaimPlan)
  /// The commands that would remove it.
  case commands(ReclaimPlan)
  case removed(ReclaimWrite)
  /// It was not there any more.
  case alreadyGone(ReclaimWrite)
  /// The object has changed, and is looked at again.
  case conflict(ReclaimWrite)
  /// It is left alone, with the reason.
  case kept(ReclaimWrite, reason: String)
  /// A pod has come back in the moment of the write.
  case podReturned(ReclaimWrite)
  /// It is removed, and whether its pod has come back in the same moment is not known.
  case unconfirmed(ReclaimWrite, reason: String)
  case ended(ReclaimOutcome)
  case stopped(ChangeStop)
}

/// How `verify --reclaim` ended.
package enum ReclaimOutcome: Sendable, Equatable {
  /// Nothing is kept for pods that are gone.
  case clean
  /// The commands were printed.
  case listed
  /// So many objects and entries were removed; the others are left alone.
  ///
  /// - Parameter doubtful: The number of those that were removed and that a pod may use again.
  case removed(Int, kept: Int, doubtful: Int = 0)

  package var isSuccess: Bool {
    switch self {
    case .clean, .removed(_, kept: 0, doubtful: 0): true
    case .listed, .removed: false
    }
  }
}
