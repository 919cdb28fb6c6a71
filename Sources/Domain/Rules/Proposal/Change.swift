/// One attempt to write the setting: what is stored now and what shall be stored.
///
/// A class, though nothing in it ever changes: every rule of the moment is handed it, and both objects are large.
package final class Change: Sendable {
  package enum Operation: Sendable {
    case create
    case update
    case delete
  }

  package let operation: Operation
  /// The stored object; nil when the setting is being created.
  package let old: SettingObject?
  /// The proposed object; nil when the setting is being deleted.
  package let new: SettingObject?

  package init(operation: Operation, old: SettingObject?, new: SettingObject?) {
    self.operation = operation
    self.old = old
    self.new = new
  }
}

extension Change {
  /// Changes that Harvester itself has to make at any time: they are allowed without a look at the cluster.
  ///
  /// Its controller writes status and annotations by ordinary updates, because the CRD has no status subresource, and
  /// it creates the empty setting at start-up.
  var touchesNeitherText: Bool {
    operation != .delete && newValue == oldValue && newDefault == oldDefault
  }

  // Each text by itself: to take an object out of its optional is to copy it, which counts all that it holds.
  private var oldValue: SettingText { old?.value ?? .text([]) }
  private var oldDefault: SettingText { old?.default ?? .text([]) }
  private var newValue: SettingText { new?.value ?? .text([]) }
  private var newDefault: SettingText { new?.default ?? .text([]) }
  /// What Harvester is to act on; blank where nothing is in force.
  private var proposed: SettingText { new?.effective ?? .text([]) }

  /// The text whose change Harvester will act on.
  var field: SettingField {
    new != nil && newValue == oldValue ? .default : .value
  }

  /// True when Harvester will act: the text that takes effect becomes another one.
  var takesEffect: Bool {
    guard operation != .delete else { return false }
    let (before, after) = (old?.effective ?? .text([]), proposed)
    return before != after && !(before.isBlank && after.isBlank)
  }

  /// True when a network is to be in force after the change.
  var enables: Bool { !proposed.isBlank }

  /// True when the value is emptied or nothing is to be in force: the way out that always stays open.
  var isReset: Bool {
    operation != .delete && (proposed.isBlank || valueGoes)
  }

  /// A text that is to be judged as a network: one that is new, or a default that comes into force as the value goes.
  func proposal(in field: SettingField) -> Proposal? {
    let (text, isProposed) =
      switch field {
      case .value: (newValue, newValue != oldValue)
      case .default: (newDefault, newDefault != oldDefault || valueGoes)
      }
    return isProposed && !text.isBlank ? Proposal(field: field, text: text) : nil
  }

  private var valueGoes: Bool { newValue.isBlank && !oldValue.isBlank }
}
