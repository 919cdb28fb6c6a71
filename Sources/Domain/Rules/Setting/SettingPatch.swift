internal import JSON

/// One operation of the JSON Patch (RFC 6902) by which /mutate changes the proposed object.
package enum PatchOperation: Sendable, Equatable {
  /// - Parameter replaces: Whether the object has a member `value`.
  case setValue([UInt8], replaces: Bool)
  /// - Parameter joinsOthers: Whether the metadata has annotations at all.
  case restoreAnnotations(SettingAnnotations, joinsOthers: Bool)
  /// - Parameter condition: The place in `status.conditions`.
  case setConditionMessage(String, condition: Int)
}

extension Change {
  /// The change as it is validated and stored: the mutating webhook comes first.
  package var normalized: Change { applying(patch) }

  /// What /mutate changes; empty where the object is stored as it is proposed.
  package var patch: [PatchOperation] {
    if operation == .delete { return [] }
    var operations: [PatchOperation] = []
    if let value = normalizedValue { operations.append(.setValue(value, replaces: new.hasValue)) }
    guard operation == .update else { return operations }
    if new.annotations == nil, let stored = old.annotations {
      operations.append(.restoreAnnotations(stored, joinsOthers: new.hasAnnotations))
    }
    if let condition = new.configured, condition.isCreatingDefinition, applying(operations).isPassedOver {
      operations.append(.setConditionMessage(Self.takeUpMessage, condition: condition.index))
    }
    return operations
  }

  package func applying(_ operations: [PatchOperation]) -> Change {
    if operations.isEmpty { return self }
    var object = new
    for operation in operations {
      switch operation {
      case .setValue(let value, _): object.value = .text(value)
      case .restoreAnnotations(let notes, _): object.annotations = notes
      case .setConditionMessage(let message, _): object.configured = object.configured?.with(message)
      }
    }
    return proposing(object)
  }

  /// Stands in the place of «create NAD», so Harvester takes the value up; the Web UI shows it until then.
  private static let takeUpMessage = "the value was changed; Harvester takes it up next"

  /// True when Harvester would not store the hash of the value, with which it begins, while «create NAD» stands: for a value
  /// that comes, and for a stored one that it has passed over already.
  private var isPassedOver: Bool {
    if changesValue { return true }
    guard old.configured?.isCreatingDefinition == true, case .text(let bytes) = new.value else { return false }
    return !ValueHash(of: bytes).isWritten(new.annotations?.hash ?? "")
  }

  /// The text to store instead of the proposed value, or nil when the proposed one stays.
  ///
  /// A value that means what the stored one means becomes the stored one, byte by byte: only so its hash stays.
  /// A text that cannot be read stays, for the rules to reject.
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
    ConfiguredCondition(status: status, reason: reason, message: message, index: index)
  }
}
