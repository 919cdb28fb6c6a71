internal import JSON

/// The parts of a Harvester `Setting` (harvesterhci.io/v1beta1) that the rules read.
package struct SettingObject: Sendable, Equatable {
  package var name = ""
  /// The version that the object was read at or is stored with; empty where it says none.
  package var resourceVersion = ""
  package var value: SettingText
  package var `default`: SettingText
  package var configured: ConfiguredCondition?
  /// Whether the object has a member `value` at all, which decides between a patch that adds and one that replaces.
  package var hasValue = false
  /// Whether the metadata has an object of annotations, which a patch then adds to.
  package var hasAnnotations = false
  /// The annotations that Harvester keeps on the setting; nil where the object carries none of them.
  package var annotations: SettingAnnotations?

  package init(
    value: SettingText = .text([]), default: SettingText = .text([]), configured: ConfiguredCondition? = nil
  ) {
    self.value = value
    self.default = `default`
    self.configured = configured
  }

  /// The text of another setting as Harvester reads it: the value, or the default where the value is empty. Of the
  /// storage network it reads the value alone.
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
/// A class, as ``SettingAnnotations`` is one: most objects of a review have neither, and so each moves as one word.
package final class ConfiguredCondition: Sendable, Equatable {
  package let status: String
  package let reason: String
  package let message: String
  /// The condition's place in the list `status.conditions`, for a patch.
  package let index: Int

  package init(status: String, reason: String, message: String, index: Int = 0) {
    self.status = status
    self.reason = reason
    self.message = message
    self.index = index
  }

  package var isInProgress: Bool { status.isExactly("False") && reason.isExactly("In Progress") }

  /// The message with which Harvester stores that it has taken up a value. It compares the next condition with an object
  /// that it has already changed, so while this message stands, it stores the hash of no further value.
  var isCreatingDefinition: Bool { status.isExactly("False") && message.isExactly("create NAD") }

  package static func == (left: ConfiguredCondition, right: ConfiguredCondition) -> Bool {
    (left.status, left.reason, left.message, left.index) == (right.status, right.reason, right.message, right.index)
  }
}
