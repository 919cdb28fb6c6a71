internal import JSON

/// The parts of a Harvester `Setting` (harvesterhci.io/v1beta1) that the rules read.
package struct SettingObject: Sendable, Equatable {
  package var name = ""
  package var value: SettingText
  package var `default`: SettingText
  package var configured: ConfiguredCondition?
  /// Whether the object has a member `value` at all, which decides between a patch that adds and one that replaces.
  package var hasValue = false
  /// What Harvester has noted on the object; only known of the stored one.
  package var annotations: SettingAnnotations?

  package init(
    value: SettingText = .text([]), default: SettingText = .text([]), configured: ConfiguredCondition? = nil
  ) {
    self.value = value
    self.default = `default`
    self.configured = configured
  }

  /// What Harvester acts on: the value, or the default where the value is empty.
  package var effective: SettingText { value.isBlank ? `default` : value }

  /// True when there is nothing to act on.
  var isBlank: Bool { value.isBlank && `default`.isBlank }

  /// Whether Harvester acts on the same text in both; compared where they lie.
  func takesEffect(like other: SettingObject) -> Bool {
    switch (value.isBlank, other.value.isBlank) {
    case (false, false): value == other.value
    case (false, true): value == other.default
    case (true, false): `default` == other.value
    case (true, true): `default` == other.default
    }
  }
}

/// What an object holds where the setting's text belongs. A missing field and null are the empty text.
package enum SettingText: Sendable, Equatable {
  case text([UInt8])
  /// Something that is no string; the API server refuses it only after the mutating webhooks.
  case notString

  package var isBlank: Bool {
    guard case .text(let bytes) = self else { return false }
    return bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}

/// The setting's condition `configured`, in which Harvester tells how far it has carried out the last change.
///
/// A class, as ``SettingAnnotations`` is one: most objects of a review have neither, and so each moves as one word.
package final class ConfiguredCondition: Sendable, Equatable {
  package let status: String
  package let reason: String
  package let message: String

  package init(status: String, reason: String, message: String) {
    self.status = status
    self.reason = reason
    self.message = message
  }

  package var isInProgress: Bool { status.isExactly("False") && reason.isExactly("In Progress") }

  package static func == (left: ConfiguredCondition, right: ConfiguredCondition) -> Bool {
    (left.status, left.reason, left.message) == (right.status, right.reason, right.message)
  }
}

/// The annotations by which Harvester remembers what it has carried out; each empty where it is missing.
package final class SettingAnnotations: Sendable, Equatable {
  /// The ``ValueHash`` of the value that was seen last.
  package let hash: String
  /// `NAMESPACE/NAME` of the NetworkAttachmentDefinition that was made for it.
  package let network: String
  /// The one before, until it is removed.
  package let previousNetwork: String

  package init(hash: String = "", network: String = "", previousNetwork: String = "") {
    self.hash = hash
    self.network = network
    self.previousNetwork = previousNetwork
  }

  package static func == (left: SettingAnnotations, right: SettingAnnotations) -> Bool {
    (left.hash, left.network, left.previousNetwork) == (right.hash, right.network, right.previousNetwork)
  }
}
