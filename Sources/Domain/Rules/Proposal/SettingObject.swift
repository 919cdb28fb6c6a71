/// The parts of a Harvester `Setting` (harvesterhci.io/v1beta1) that the rules read.
package struct SettingObject: Sendable, Equatable {
  package var name = ""
  package var value: SettingText
  package var `default`: SettingText
  package var configured: ConfiguredCondition?
  /// Whether the object has a member `value` at all, which decides between a patch that adds and one that replaces.
  package var hasValue = true
  /// What Harvester has noted on the object; only known of the stored one.
  package var notes: SettingNotes?

  package init(
    value: SettingText = .text([]), default: SettingText = .text([]), configured: ConfiguredCondition? = nil
  ) {
    self.value = value
    self.default = `default`
    self.configured = configured
  }

  /// What Harvester acts on: the value, or the default where the value is empty.
  package var effective: SettingText { value.isBlank ? `default` : value }
}

/// What an object holds where the setting's text belongs. A missing field and null are the empty text.
package enum SettingText: Sendable, Equatable {
  case text([UInt8])
  /// Something that is no string; the API server refuses it only after the mutating webhooks.
  case notText

  package var isBlank: Bool {
    guard case .text(let bytes) = self else { return false }
    return bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}

/// The setting's condition `configured`, in which Harvester tells how far it has carried out the last change.
package struct ConfiguredCondition: Sendable, Equatable {
  package let status: String
  package let reason: String
  package let message: String

  package init(status: String, reason: String, message: String) {
    self.status = status
    self.reason = reason
    self.message = message
  }

  package var isInProgress: Bool { status == "False" && reason == "In Progress" }
}

/// The annotations by which Harvester remembers what it has carried out; each empty where it is missing.
package struct SettingNotes: Sendable, Equatable {
  /// The ``Fingerprint`` of the value that was seen last.
  package var hash = ""
  /// `NAMESPACE/NAME` of the NetworkAttachmentDefinition that was made for it.
  package var network = ""
  /// The one before, until it is removed.
  package var formerNetwork = ""

  package init() {}
}
