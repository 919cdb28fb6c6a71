internal import JSON

/// The parts of a Harvester `Setting` (harvesterhci.io/v1beta1) that the rules read.
package struct SettingObject: Sendable, Equatable {
  package var name = ""
  /// The version of the object; empty if it has none.
  package var resourceVersion = ""
  package var value: SettingText
  package var `default`: SettingText
  package var configured: ConfiguredCondition?
  /// Whether the object has a member `value`: a patch replaces it, or else adds it.
  package var hasValue = false
  /// Whether the metadata has an object of annotations, to which a patch adds.
  package var hasAnnotations = false
  /// Harvester's annotations on the setting; nil if the object has none of them.
  package var annotations: SettingAnnotations?

  package init(
    value: SettingText = .text([]), default: SettingText = .text([]), configured: ConfiguredCondition? = nil
  ) {
    self.value = value
    self.default = `default`
    self.configured = configured
  }

  /// The text of another setting as Harvester reads it: the value, or the default if the value is empty. Of the storage
  /// network it reads only the value.
  package var effective: SettingText { value == .text([]) ? `default` : value }
}

/// The text of a setting. A missing field and null are the empty text.
package enum SettingText: Sendable, Equatable {
  case text([UInt8])
  /// Not a string; the API server rejects it only after the mutating webhooks.
  case notString

  package var isBlank: Bool {
    guard case .text(let bytes) = self else { return false }
    return bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}

/// The setting's condition `configured`, in which Harvester reports the progress of the last change.
///
/// A class, as ``SettingAnnotations``: most objects of a review have neither, and a reference moves as one word.
package final class ConfiguredCondition: Sendable, Equatable {
  package let status: String
  package let reason: String
  package let message: String
  /// When Harvester last changed the status or the message (RFC 3339); empty if it is not known.
  package let lastUpdateTime: String
  /// The index in `status.conditions`, for a patch.
  package let index: Int

  package init(status: String, reason: String, message: String, lastUpdateTime: String = "", index: Int = 0) {
    self.status = status
    self.reason = reason
    self.message = message
    self.lastUpdateTime = lastUpdateTime
    self.index = index
  }

  package var isInProgress: Bool { status.isExactly("False") && reason.isExactly("In Progress") }

  /// Whether the message is the one with which Harvester records a new value. It compares its next condition with an object
  /// that it has already changed, so with this message stored, it stores the hash of no other value.
  var isCreatingDefinition: Bool { status.isExactly("False") && message.isExactly("create NAD") }

  package static func == (left: ConfiguredCondition, right: ConfiguredCondition) -> Bool {
    (left.status, left.reason, left.message, left.lastUpdateTime, left.index)
      == (right.status, right.reason, right.message, right.lastUpdateTime, right.index)
  }
}
