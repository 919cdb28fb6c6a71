internal import JSON

/// An annotation that Harvester keeps on the setting.
package enum SettingAnnotation: CaseIterable, Sendable {
  /// The ``ValueHash`` of the last value that Harvester has recorded.
  case hash
  /// `NAMESPACE/NAME` of the NetworkAttachmentDefinition for it.
  case definition
  /// The previous definition, until Harvester deletes it.
  case previousDefinition

  package var key: StaticString {
    switch self {
    case .hash: "storage-network.settings.harvesterhci.io/hash"
    case .definition: "storage-network.settings.harvesterhci.io/net-attach-def"
    case .previousDefinition: "storage-network.settings.harvesterhci.io/old-net-attach-def"
    }
  }

  /// The annotation's path in the object, the field of a cause.
  var path: String { "metadata.annotations[\(key)]" }
}

/// The annotations in which Harvester records the value that it has applied, and its definitions.
package final class SettingAnnotations: Sendable, Equatable {
  private let writtenHash: String?
  private let writtenDefinition: String?
  private let writtenPreviousDefinition: String?

  /// - Parameters: The annotations' texts; nil for an annotation that the object does not have.
  package init(hash: String? = nil, definition: String? = nil, previousDefinition: String? = nil) {
    writtenHash = hash
    writtenDefinition = definition
    writtenPreviousDefinition = previousDefinition
  }

  /// The text of an annotation; nil if the object does not have it.
  package subscript(annotation: SettingAnnotation) -> String? {
    switch annotation {
    case .hash: writtenHash
    case .definition: writtenDefinition
    case .previousDefinition: writtenPreviousDefinition
    }
  }

  /// The present annotations with their texts.
  package var written: [(annotation: SettingAnnotation, text: String)] {
    SettingAnnotation.allCases.compactMap { annotation in self[annotation].map { (annotation, $0) } }
  }

  /// The texts as Harvester reads them: empty where the annotation is missing.
  package var hash: String { writtenHash ?? "" }
  package var definition: String { writtenDefinition ?? "" }
  package var previousDefinition: String { writtenPreviousDefinition ?? "" }

  /// Returns the annotations, with the stored ones in place of missing ones, as after `kubectl apply`.
  package func completed(from stored: SettingAnnotations?) -> SettingAnnotations {
    SettingAnnotations(
      hash: writtenHash ?? stored?[.hash], definition: writtenDefinition ?? stored?[.definition],
      previousDefinition: writtenPreviousDefinition ?? stored?[.previousDefinition])
  }

  package static func == (left: SettingAnnotations, right: SettingAnnotations) -> Bool {
    left.writtenHash.isExactly(right.writtenHash) && left.writtenDefinition.isExactly(right.writtenDefinition)
      && left.writtenPreviousDefinition.isExactly(right.writtenPreviousDefinition)
  }
}

extension String? {
  fileprivate func isExactly(_ other: String?) -> Bool {
    switch (self, other) {
    case (let one?, let other?): one.isExactly(other)
    case (nil, nil): true
    case (_?, nil), (nil, _?): false
    }
  }
}
