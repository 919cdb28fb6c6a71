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
    guard let new else { return false }
    return new.value == oldValue && new.default == oldDefault
  }

  private var oldValue: SettingText { old?.value ?? .text([]) }
  private var oldDefault: SettingText { old?.default ?? .text([]) }

  /// The text whose change Harvester will act on.
  var field: SettingField {
    guard let new, new.value == oldValue else { return .value }
    return .default
  }

  /// True when Harvester will act: the text that takes effect becomes another one.
  var takesEffect: Bool {
    guard let new else { return false }
    let before = old?.effective ?? .text([])
    return before != new.effective && !(before.isBlank && new.effective.isBlank)
  }

  /// True when a network is to be in force after the change.
  var enables: Bool { !(new?.effective.isBlank ?? true) }

  /// True when the value is emptied or nothing is to be in force: the way out that always stays open.
  var isReset: Bool {
    guard let new else { return false }
    return new.effective.isBlank || (new.value.isBlank && !oldValue.isBlank)
  }

  /// The texts to be judged as networks: those that are new, and a default that comes into force as the value goes.
  var proposals: [Proposal] {
    guard let new else { return [] }
    let defaultTakesOver = new.value.isBlank && !oldValue.isBlank
    var proposals: [Proposal] = []
    if new.value != oldValue, !new.value.isBlank {
      proposals.append(Proposal(field: .value, text: new.value))
    }
    if new.default != oldDefault || defaultTakesOver, !new.default.isBlank {
      proposals.append(Proposal(field: .default, text: new.default))
    }
    return proposals
  }
}
