internal import Platform
internal import Rules
internal import Synchronization

/// The time since which the change in progress is known.
///
/// Harvester records no start, only the time of its present step, which a volume that detaches renews too. So the earliest time is kept
/// that this process learns of; the change may have begun earlier.
final class ChangeStart: Sendable {
  private struct Known {
    let value: SettingText
    let seconds: Int64
  }

  private let known = Mutex<Known?>(nil)

  /// Returns the time in seconds since 1970; nil without a change.
  func update(_ change: StorageNetworkStatus.Change?, at now: Int64) -> Int64? {
    known.withLock { known in
      guard let change else {
        known = nil
        return nil
      }
      let step = WallClock.seconds(at: change.stepBegan).flatMap { $0 > 0 ? $0 : nil } ?? now
      let before = known.flatMap { $0.value == change.value ? $0.seconds : nil } ?? now
      let earliest = min(step, before, now)
      known = Known(value: change.value, seconds: earliest)
      return earliest
    }
  }
}
