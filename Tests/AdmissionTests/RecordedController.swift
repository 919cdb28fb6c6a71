import Foundation
import Rules
import Testing

/// The writes of Harvester's storage-network controller to the setting, in order, as recorded with a real
/// API server.
struct RecordedController: CustomTestStringConvertible, Sendable {
  let version: String
  /// The order in which it lists volumes.
  let volumesMessage: String
  /// Whether it waits until as many addresses are allocated as there are nodes.
  let waitsForAddresses: Bool

  var testDescription: String { version }

  static let all = [
    RecordedController(version: "v1.2", volumesMessage: "Waiting for all volumes detached: ", waitsForAddresses: false),
    RecordedController(version: "v1.4", volumesMessage: "Waiting for all volumes detached: ", waitsForAddresses: false),
    RecordedController(version: "v1.5", volumesMessage: "Waiting for all volumes detached: ", waitsForAddresses: true),
    RecordedController(version: "v1.8", volumesMessage: "waiting for all volumes detached: ", waitsForAddresses: true),
    RecordedController(
      version: "master", volumesMessage: "waiting for all volumes detached: ", waitsForAddresses: true),
  ]

  /// The stored setting after each write that applies the value, without the initial one.
  func writes(after stored: StoredSetting) -> [StoredSetting] {
    guard let first = firstWrite(after: stored) else { return [] }
    var messages = [
      // The order of volumes differs each time.
      "Stopping Pods", volumesMessage + "pvc-1,pvc-2", volumesMessage + "pvc-2,pvc-1", "Update Longhorn setting",
      "Restarting Pods",
    ]
    if waitsForAddresses, !stored.value.isEmpty { messages.append("IP allocation failure for Longhorn Pods") }
    var writes = [first]
    for message in messages {
      var setting = first
      setting.condition = .inProgress(message)
      writes.append(setting)
    }
    var completed = first
    completed.annotations["old-net-attach-def"] = ""
    completed.condition = .completed
    return writes + [completed]
  }

  /// The first write, which records the value; nil without one: the hash is the value's already, or the controller
  /// stores nothing, because it compares only the condition with the object whose annotations it has changed.
  func firstWrite(after stored: StoredSetting) -> StoredSetting? {
    let hash = ValueHash(of: Array(stored.value.utf8)).description
    if stored.annotations["hash"] == hash || stored.annotations.isEmpty && stored.value.isEmpty { return nil }
    if stored.condition == .inProgress("create NAD") { return nil }
    var setting = stored
    setting.annotations = [
      "hash": hash, "net-attach-def": stored.value.isEmpty ? "" : StoredSetting.definition(of: stored.value),
      "old-net-attach-def": stored.annotations["net-attach-def"] ?? "",
    ]
    setting.condition = .inProgress("create NAD")
    return setting
  }
}

/// The stored setting.
struct StoredSetting: Equatable, Sendable {
  enum Condition: Equatable, Sendable {
    case none
    case inProgress(String)
    case completed
  }

  var value = ""
  /// By the last part of their names.
  var annotations: [String: String] = [:]
  var condition = Condition.none

  /// The definition that Harvester creates for a value.
  static func definition(of value: String) -> String {
    "harvester-system/storagenetwork-\(ValueHash(of: Array(value.utf8)).description.prefix(5))"
  }

  /// The object in a review.
  var object: [String: Any] {
    var metadata: [String: Any] = ["name": "storage-network"]
    if !annotations.isEmpty {
      metadata["annotations"] = Dictionary(
        uniqueKeysWithValues: annotations.map { ("storage-network.settings.harvesterhci.io/\($0)", $1) })
    }
    var object: [String: Any] = [
      "apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting", "metadata": metadata, "default": "", "value": value,
    ]
    switch condition {
    case .none: break
    case .inProgress(let message):
      object["status"] = Self.status("False", "In Progress", message)
    case .completed:
      object["status"] = Self.status("True", "Completed", "")
    }
    return object
  }

  private static func status(_ status: String, _ reason: String, _ message: String) -> [String: Any] {
    // Another condition precedes it, so that a patch must find the index.
    let other = ["type": "other", "status": "True", "message": "create NAD"]
    return [
      "conditions": [other, ["type": "configured", "status": status, "reason": reason, "message": message]]
    ]
  }

  /// Reads the setting from a patched object.
  init(_ object: [String: Any]) {
    value = object["value"] as? String ?? ""
    let metadata = object["metadata"] as? [String: Any]
    for (key, text) in metadata?["annotations"] as? [String: String] ?? [:] {
      annotations[String(key.split(separator: "/").last ?? "")] = text
    }
    let conditions = (object["status"] as? [String: Any])?["conditions"] as? [[String: String]] ?? []
    if let own = conditions.first(where: { $0["type"] == "configured" }) {
      condition = own["status"] == "True" ? .completed : .inProgress(own["message"] ?? "")
    }
  }

  init(value: String = "", annotations: [String: String] = [:], condition: Condition = .none) {
    self.value = value
    self.annotations = annotations
    self.condition = condition
  }
}
