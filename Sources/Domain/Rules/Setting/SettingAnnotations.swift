internal import JSON

/// An annotation that Harvester keeps on the setting.
package enum SettingAnnotation: CaseIterable, Sendable {
  /// The ``ValueHash`` of the value that was taken up last.
  case hash
  /// `NAMESPACE/NAME` of the NetworkAttachmentDefinition that was made for it.
  case definition
  /// The definition before, until Harvester deletes it.
  case formerDefinition

  package var key: StaticString {
    switch self {
    case .hash: "storage-network.settings.harvesterhci.io/hash"
    case .definition: "storage-network.settings.harvesterhci.io/net-attach-def"
    case .formerDefinition: "storage-network.settings.harvesterhci.io/old-net-attach-def"
    }
  }

  /// The annotation's place in the object, as a cause names it.
  var path: String { "metadata.annotations[\(key)]" }
}

/// The annotations by which Harvester remembers what it has carried out.
package final class SettingAnnotations: Sendable, Equatable {
  private let writtenHash: String?
  private let writtenDefinition: String?
  private let writtenFormerDefinition: String?

  /// - Parameters: The annotations' texts, each nil where the object does not carry it.
  package init(hash: String? = nil, network: String? = nil, previousNetwork: String? = nil) {
    writtenHash = hash
    writtenDefinition = network
    writtenFormerDefinition = previousNetwork
  }

  /// The text of an annotation; nil where the object does not carry it.
  package subscript(annotation: SettingAnnotation) -> String? {
    switch annotation {
    case .hash: writtenHash
    case .definition: writtenDefinition
    case .formerDefinition: writtenFormerDefinition
    }
  }

  /// The annotations that are carried, with their texts.
  package var written: [(annotation: SettingAnnotation, text: String)] {
    SettingAnnotation.allCases.compactMap { annotation in self[annotation].map { (annotation, $0) } }
  }

  /// The texts as Harvester reads them: empty where the annotation is missing.
  package var hash: String { writtenHash ?? "" }
  package var network: String { writtenDefinition ?? "" }
  package var previousNetwork: String { writtenFormerDefinition ?? "" }

  /// The annotations that are carried, with the stored ones for those that are not: what `kubectl apply` leaves.
  package func completed(from stored: SettingAnnotations?) -> SettingAnnotations {
    SettingAnnotations(
      hash: writtenHash ?? stored?[.hash], network: writtenDefinition ?? stored?[.definition],
      previousNetwork: writtenFormerDefinition ?? stored?[.formerDefinition])
  }

  package static func == (left: SettingAnnotations, right: SettingAnnotations) -> Bool {
    left.writtenHash.isExactly(right.writtenHash) && left.writtenDefinition.isExactly(right.writtenDefinition)
      && left.writtenFormerDefinition.isExactly(right.writtenFormerDefinition)
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
