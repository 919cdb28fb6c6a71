internal import Admission
internal import ArgumentParser
internal import ClusterState
internal import JSON
internal import KubeObjects
internal import Platform
internal import Rules
internal import Snapshot

/// An input that cannot be read. The command line itself is valid, so its usage is not printed.
struct InputError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension [UInt8] {
  fileprivate var beginsWithBrace: Bool {
    first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }
}

/// The change that `check` evaluates.
enum ProposedChange {
  case change(Change)
  /// A review of another object, which is allowed without evaluation.
  case ofAnotherObject

  var change: Change? {
    guard case .change(let change) = self else { return nil }
    return change
  }

  /// - Parameter stored: The setting in the cluster, which the change starts from.
  init(file: String?, value: String?, stored: SettingObject?) throws {
    if let value {
      var new = stored ?? SettingObject()
      new.value = .text(Array(value.utf8))
      self = Self.write(new, over: stored)
    } else {
      self = try Self.read(file ?? "-", stored)
    }
  }

  /// Returns the change that applies a manifest: fields that it lacks keep their stored values.
  private static func write(manifest: SettingObject, over stored: SettingObject?) -> ProposedChange {
    var new = manifest
    new.annotations = manifest.annotations?.completed(from: stored?.annotations) ?? stored?.annotations
    new.configured = manifest.configured ?? stored?.configured
    if let stored {
      if !manifest.hasValue { new.value = stored.value }
      if manifest.default.isBlank { new.default = stored.default }
    }
    return write(new, over: stored)
  }

  private static func write(_ new: SettingObject, over stored: SettingObject?) -> ProposedChange {
    .change(stored.map { .update(from: $0, to: new) } ?? .creation(of: new))
  }

  /// In bytes: more than the largest review that the server accepts (`HTTPLimits.body`), with any formatting.
  private static let limit = 16 * 1024 * 1024

  private static func read(_ file: String, _ stored: SettingObject?) throws -> ProposedChange {
    let bytes = try file == "-" ? File.readStandardInput(limit: limit) : File.read(file, limit: limit)
    let place = file == "-" ? "standard input" : file
    do {
      for document in try ManifestDocuments.read(bytes, isJSON: bytes.beginsWithBrace) {
        if let proposed = try proposal(in: document, stored) { return proposed }
      }
    } catch let error as JSONError {
      throw InputError("\(place): must be JSON: \(error.explanation)")
    } catch let error as SnapshotError {
      throw InputError("\(place): \(error)")
    } catch let error as ReviewError {
      throw InputError("\(place): \(error.explanation)")
    }
    throw InputError("\(place): must contain the Setting storage-network or an AdmissionReview")
  }

  /// Searches lists too, as `kubectl get settings.harvesterhci.io -o yaml` prints one.
  private static func proposal(in document: [UInt8], _ stored: SettingObject?) throws -> ProposedChange? {
    let document = try SupportBundle.isAuthor(of: document) ? SupportBundle.restoringEmptyTexts(in: document) : document
    for object in try ListedObjects(in: document).objects {
      if let proposed = try proposal(ofObject: object, stored) { return proposed }
    }
    return nil
  }

  private static func proposal(
    ofObject object: ListedObjects.Object, _ stored: SettingObject?
  ) throws -> ProposedChange? {
    let document = object.text
    switch (object.group, object.kind, object.name) {
    case ("admission.k8s.io", "AdmissionReview", _):
      return try ReviewDecoder.decode(document.span).change.map(change) ?? .ofAnotherObject
    case ("harvesterhci.io", "Setting", "storage-network"):
      var reader = JSONReader(document.span)
      return write(manifest: try reader.readSetting(), over: stored)
    default:
      return nil
    }
  }
}
