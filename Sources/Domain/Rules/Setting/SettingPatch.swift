internal import JSON

/// One operation of the JSON Patch (RFC 6902) by which /mutate changes the proposed object.
package enum PatchOperation: Sendable, Equatable {
  /// - Parameter replaces: Whether the object has a member `value`.
  case setValue([UInt8], replaces: Bool)
  /// - Parameter addsToExisting: Whether the metadata has an object of annotations.
  case restoreAnnotations(SettingAnnotations, addsToExisting: Bool)
  /// - Parameter condition: The index in `status.conditions`.
  case setConditionMessage(String, condition: Int)
}

extension Change {
  /// The change with the patch of /mutate, as it is validated and stored.
  package var normalized: Change { applying(patch) }

  /// The operations of /mutate; empty if the proposed object is stored unchanged.
  package var patch: [PatchOperation] {
    if operation == .delete { return [] }
    var operations: [PatchOperation] = []
    if let value = normalizedValue { operations.append(.setValue(value, replaces: new.hasValue)) }
    guard operation == .update else { return operations }
    if new.annotations == nil, let stored = old.annotations {
      operations.append(.restoreAnnotations(stored, addsToExisting: new.hasAnnotations))
    }
    if let condition = new.configured, condition.isCreatingDefinition, applying(operations).wouldBeIgnored {
      operations.append(.setConditionMessage(Self.changedMessage, condition: condition.index))
    }
    return operations
  }

  package func applying(_ operations: [PatchOperation]) -> Change {
    if operations.isEmpty { return self }
    var object = new
    for operation in operations {
      switch operation {
      case .setValue(let value, _): object.value = .text(value)
      case .restoreAnnotations(let annotations, _): object.annotations = annotations
      case .setConditionMessage(let message, _): object.configured = object.configured?.with(message)
      }
    }
    return proposing(object)
  }

  /// Replaces «create NAD», so that Harvester applies the value; the Web UI shows it until then.
  private static let changedMessage = "the value was changed; Harvester applies it next"

  /// Whether Harvester would not store the value's hash, its first step, while the message is «create NAD»: for a new value,
  /// and for a stored one whose hash is not recorded.
  private var wouldBeIgnored: Bool {
    if changesValue { return true }
    guard old.configured?.isCreatingDefinition == true, case .text = new.value else { return false }
    return !new.hasRecordedHash
  }

  /// The text to store instead of the proposed value; nil if the proposed one stays.
  ///
  /// A value with the meaning of the stored one becomes the stored one, byte by byte, so that its hash stays. A text that
  /// cannot be parsed stays; the rules deny it.
  package var normalizedValue: [UInt8]? {
    guard operation != .delete, case .text(let proposed) = new.value else { return nil }
    var stored: [UInt8]?
    if case .text(let bytes) = old.value {
      if bytes == proposed { return nil }
      stored = bytes
    }
    guard let value = CanonicalValue(proposed) else { return nil }
    if let stored, CanonicalValue(stored)?.meansSame(as: value) == true { return stored }
    return value.spelling == proposed ? nil : value.spelling
  }
}

extension ConfiguredCondition {
  fileprivate func with(_ message: String) -> ConfiguredCondition {
    ConfiguredCondition(
      status: status, reason: reason, message: message, lastUpdateTime: lastUpdateTime, index: index)
  }
}
