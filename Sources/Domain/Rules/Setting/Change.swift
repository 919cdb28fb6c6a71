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
  /// The stored object; empty when the setting is being created.
  package let old: SettingObject
  /// The proposed object; empty when the setting is being deleted.
  package let new: SettingObject

  private init(_ operation: Operation, _ old: consuming SettingObject, _ new: consuming SettingObject) {
    self.operation = operation
    self.old = old
    self.new = new
  }

  package static func creation(of new: consuming SettingObject) -> Change { Change(.create, SettingObject(), new) }

  package static func update(from old: consuming SettingObject, to new: consuming SettingObject) -> Change {
    Change(.update, old, new)
  }

  package static func deletion(of old: consuming SettingObject) -> Change { Change(.delete, old, SettingObject()) }

  /// The same attempt with another object.
  package func proposing(_ new: consuming SettingObject) -> Change { Change(operation, old, new) }
}

extension Change {
  /// Changes that Harvester itself has to make at any time: they are allowed without a look at the cluster.
  ///
  /// Its controller writes status and annotations by ordinary updates, because the CRD has no status subresource, and
  /// it creates the empty setting at start-up.
  var leavesTextsUnchanged: Bool {
    operation != .delete && new.value == old.value && new.default == old.default
  }

  /// The text whose change Harvester will act on.
  var field: SettingField {
    operation != .delete && new.value == old.value ? .default : .value
  }

  /// True when Harvester will act: the text that takes effect becomes another one.
  var takesEffect: Bool {
    operation != .delete && !new.takesEffect(like: old) && !(new.isBlank && old.isBlank)
  }

  /// True when a network is to be in force after the change.
  var enables: Bool { !new.isBlank }

  /// True when the value is emptied or nothing is to be in force: the way out that always stays open.
  var isReset: Bool {
    operation != .delete && (new.isBlank || clearsValue)
  }

  /// A text that is to be judged as a network: one that is new, or a default that comes into force as the value goes.
  func proposal(in field: SettingField) -> ParsedSetting? {
    switch field {
    case .value:
      new.value != old.value && !new.value.isBlank ? ParsedSetting(field: field, text: new.value) : nil
    case .default:
      (new.default != old.default || clearsValue) && !new.default.isBlank
        ? ParsedSetting(field: field, text: new.default) : nil
    }
  }

  private var clearsValue: Bool { new.value.isBlank && !old.value.isBlank }
}
