internal import JSON

/// A write of the setting: the stored and the proposed object.
///
/// A class although immutable: both objects are large, and many rules receive them.
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

  /// Returns the same change with another proposed object.
  package func proposing(_ new: consuming SettingObject) -> Change { Change(operation, old, new) }
}

extension Change {
  /// The field of messages about the cluster's state: Harvester acts on the value only.
  var field: SettingField { .value }

  /// Whether the write is based on an older version of the object. The API server responds with a conflict, after the
  /// mutating webhooks and before the validating ones, and clients retry.
  package var isConflict: Bool {
    operation == .update && !new.resourceVersion.isEmpty && !old.resourceVersion.isEmpty
      && !new.resourceVersion.isExactly(old.resourceVersion)
  }

  var changesValue: Bool { operation != .delete && new.value != old.value }

  var changesDefault: Bool { operation != .delete && new.default != old.default }

  /// Whether the value becomes the one whose hash Harvester has recorded. Harvester has not applied the stored one, and sees
  /// no change after this write.
  var restoresRecordedValue: Bool {
    guard changesValue, let recorded = old.annotations?.hash, !recorded.isEmpty,
      new.annotations?.hash.isExactly(recorded) == true,
      case .text(let bytes) = new.value
    else { return false }
    return ValueHash(of: bytes).matches(recorded)
  }

  /// Whether a network is in effect after the change.
  var enables: Bool { !new.value.isBlank }

  /// Whether the value is emptied, which is always possible.
  var isReset: Bool { operation != .delete && new.value.isBlank }

  /// Returns the changed text of a field, which must be a network; nil if it is unchanged or empty.
  func proposal(in field: SettingField) -> ParsedSetting? {
    switch field {
    case .value: changesValue && !new.value.isBlank ? ParsedSetting(field: field, text: new.value) : nil
    case .default: changesDefault && !new.default.isBlank ? ParsedSetting(field: field, text: new.default) : nil
    }
  }
}

// Changes of Harvester's annotations.
extension Change {
  /// The annotations whose new texts Harvester would act on although the value stays, or that would be wrong for a new
  /// value. Empty if the stored hash is not the stored value's: Harvester itself is about to change them then, and wrong
  /// ones may be corrected.
  ///
  /// Harvester's controller changes them only while the hash is another value's; afterwards it empties
  /// `old-net-attach-def`, and nothing else.
  var alteredAnnotations: [SettingAnnotation] {
    guard operation == .update, let stored = old.annotations, stored != new.annotations else { return [] }
    let altered = SettingAnnotation.allCases.filter { alters($0, from: stored) }
    guard !altered.isEmpty, case .text(let bytes) = old.value, ValueHash(of: bytes).matches(stored.hash) else {
      return []
    }
    return altered
  }

  package var altersAnnotations: Bool { !alteredAnnotations.isEmpty }

  private func alters(_ annotation: SettingAnnotation, from stored: SettingAnnotations) -> Bool {
    let proposed = new.annotations?[annotation] ?? ""
    if proposed.isExactly(stored[annotation] ?? "") { return false }
    // With another value, Harvester creates and records a new definition, and deletes the recorded one.
    let mayBeEmptied = changesValue || annotation == .previousDefinition
    return !(mayBeEmptied && proposed.isEmpty) && !(changesValue && annotation == .previousDefinition)
  }
}
