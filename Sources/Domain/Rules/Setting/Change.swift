internal import JSON

/// A write of the setting: the stored and the proposed object.
///
/// A class although immutable: many rules take it, and both objects are large.
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

  /// The same change with another proposed object.
  package func proposing(_ new: consuming SettingObject) -> Change { Change(operation, old, new) }
}

extension Change {
  /// The text that Harvester acts on, in the messages about the moment of a change.
  var field: SettingField { .value }

  /// True when the object was read before the stored one was written. The API server answers such a write with a conflict,
  /// after the mutating webhooks and before the validating ones, and the client tries again.
  package var isConflict: Bool {
    operation == .update && !new.resourceVersion.isEmpty && !old.resourceVersion.isEmpty
      && !new.resourceVersion.isExactly(old.resourceVersion)
  }

  var changesValue: Bool { operation != .delete && new.value != old.value }

  var changesDefault: Bool { operation != .delete && new.default != old.default }

  /// True when the value becomes the one whose hash Harvester has noted, as the stored one is not: Harvester has not
  /// taken that one up, and sees no change any more.
  var returnsToNotedValue: Bool {
    guard changesValue, let noted = old.annotations?.hash, !noted.isEmpty,
      new.annotations?.hash.isExactly(noted) == true,
      case .text(let bytes) = new.value
    else { return false }
    return ValueHash(of: bytes).isWritten(noted)
  }

  /// True when a network is in effect after the change.
  var enables: Bool { !new.value.isBlank }

  /// True when the value is emptied, which is always possible.
  var isReset: Bool { operation != .delete && new.value.isBlank }

  /// A text that must be a network.
  func proposal(in field: SettingField) -> ParsedSetting? {
    switch field {
    case .value: changesValue && !new.value.isBlank ? ParsedSetting(field: field, text: new.value) : nil
    case .default: changesDefault && !new.default.isBlank ? ParsedSetting(field: field, text: new.default) : nil
    }
  }
}

// Changes of Harvester's annotations.
extension Change {
  /// The annotations whose new texts Harvester would act on while the value stays, or that would be wrong for the value
  /// that comes. Empty where the stored hash is not the stored value's: Harvester itself is about to change
  /// them then, and what is broken may be mended.
  ///
  /// Harvester's controller changes them only while the hash is another value's; afterwards it empties
  /// `old-net-attach-def`, and nothing else.
  var alteredAnnotations: [SettingAnnotation] {
    guard operation == .update, let stored = old.annotations, stored != new.annotations else { return [] }
    let altered = SettingAnnotation.allCases.filter { alters($0, from: stored) }
    guard !altered.isEmpty, case .text(let bytes) = old.value, ValueHash(of: bytes).isWritten(stored.hash) else {
      return []
    }
    return altered
  }

  package var altersAnnotations: Bool { !alteredAnnotations.isEmpty }

  private func alters(_ annotation: SettingAnnotation, from stored: SettingAnnotations) -> Bool {
    let proposed = new.annotations?[annotation] ?? ""
    if proposed.isExactly(stored[annotation] ?? "") { return false }
    // With another value, Harvester makes a new definition and notes it; it deletes the one that is noted now.
    let mayBeEmptied = changesValue || annotation == .formerDefinition
    return !(mayBeEmptied && proposed.isEmpty) && !(changesValue && annotation == .formerDefinition)
  }
}
