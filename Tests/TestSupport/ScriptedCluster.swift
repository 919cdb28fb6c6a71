import Foundation

/// A cluster behind an API server that plays Harvester, KubeVirt and Longhorn: each tick moves every actor one step.
///
/// Objects are kept as an API server keeps them, with versions, preconditions and a log of events for watches.
public final class ScriptedCluster: @unchecked Sendable {
  // Sendable: everything that changes is guarded by the lock.

  public typealias Object = [String: Any]

  /// A write that the cluster has taken.
  public struct Write: Sendable, Equatable, CustomStringConvertible {
    public let method: String
    public let path: String
    public var description: String { "\(method) \(path)" }
  }

  let lock = NSRecursiveLock()
  var objects: [String: Object] = [:]
  var version = 100
  /// The events, for watches: version, type, path and object.
  var events: [(version: Int, type: String, path: String, object: Object)] = []
  var taken: [Write] = []
  /// The machines with a strategy that a start or stop request overrides, and whether they are started.
  var started: [String: Bool] = [:]
  /// The ticks that an instance needs until it is gone or up.
  var countdowns: [String: Int] = [:]
  var phase = 0
  private var texts: [String: (version: String, text: [UInt8])] = [:]

  // What a test sets.
  /// The machines whose guests ignore a shutdown.
  public var stubborn: Set<String> = []
  /// The machines that never become Running.
  public var broken: Set<String> = []
  /// The machines that KubeVirt must not change, as by a quota: it answers 500 to a stop or start.
  public var protected: Set<String> = []
  /// Whether KubeVirt's subresources are served.
  public var servesSubresources = true
  /// The permissions that the user lacks: `verb resource/subresource namespace name`, each a prefix; with `$` at its end the
  /// whole.
  public var denied: [String] = []
  /// The phase at which Harvester hangs; nil if it does not.
  public var hangsAt: String?
  /// Replies instead of the cluster: a webhook's denial, or an error.
  public var interception: ((_ method: String, _ path: String) -> (Int, String)?)?

  public static let value = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#
  static let annotation = "storage-network.settings.harvesterhci.io"
  public static let settingPath = "/apis/harvesterhci.io/v1beta1/settings/storage-network"
  public static let recordPath = "/api/v1/namespaces/harvester-system/configmaps/storage-network-change"

  /// Three nodes without a storage network, and these machines, which run, by their run strategy.
  public init(machines: KeyValuePairs<String, String> = ["default/web-1": "RerunOnFailure", "team-a/db": "Always"]) {
    addNodes()
    addSettings()
    addLonghorn()
    for (reference, strategy) in machines { addMachine(reference, strategy) }
  }

  /// Runs a body with the cluster to itself.
  public func locked<Result>(_ body: () throws -> Result) rethrows -> Result { try lock.withLock(body) }

  public var writes: [Write] { locked { taken } }

  /// Increases with each change.
  public var currentVersion: Int { locked { version } }

  public subscript(path: String) -> Object? { locked { objects[path] } }

  /// All objects as JSON, for the readers of a snapshot.
  public var allTexts: [[UInt8]] {
    locked {
      objects.map { path, object in
        if let known = texts[path], known.version == Self.version(of: object) { return known.text }
        let text = Array(Self.text(object).utf8)
        texts[path] = (Self.version(of: object) ?? "", text)
        return text
      }
    }
  }
}

// Objects and versions.
extension ScriptedCluster {
  func put(_ object: Object, at path: String) {
    version += 1
    var object = object
    var metadata = object["metadata"] as? Object ?? [:]
    metadata["resourceVersion"] = String(version)
    object["metadata"] = metadata
    events.append((version, objects[path] == nil ? "ADDED" : "MODIFIED", path, object))
    objects[path] = object
  }

  func remove(_ path: String) {
    guard var object = objects.removeValue(forKey: path) else { return }
    version += 1
    var metadata = object["metadata"] as? Object ?? [:]
    metadata["resourceVersion"] = String(version)
    object["metadata"] = metadata
    events.append((version, "DELETED", path, object))
  }

  /// Changes an object; an unchanged one keeps its version.
  public func edit(_ path: String, _ change: (inout Object) -> Void) {
    locked {
      guard var object = objects[path] else { return }
      let before = NSDictionary(dictionary: object)
      change(&object)
      if !before.isEqual(to: object) { put(object, at: path) }
    }
  }

  public func delete(_ path: String) { locked { remove(path) } }

  static func merged(_ object: Object, _ patch: Object) -> Object {
    object.merging(patch) { old, new in
      guard let old = old as? Object, let new = new as? Object else { return new }
      return merged(old, new)
    }
  }
}

// What stands in it.
extension ScriptedCluster {
  public static func machinePath(_ reference: String) -> String { path(of: reference, "virtualmachines") }

  static func instancePath(_ reference: String) -> String { path(of: reference, "virtualmachineinstances") }

  private static func path(of reference: String, _ plural: String) -> String {
    let parts = reference.split(separator: "/")
    return "/apis/kubevirt.io/v1/namespaces/\(parts[0])/\(plural)/\(parts[1])"
  }

  public func status(of reference: String) -> String? {
    (self[Self.machinePath(reference)]?["status"] as? Object)?["printableStatus"] as? String
  }

  public func strategy(of reference: String) -> String? {
    (self[Self.machinePath(reference)]?["spec"] as? Object)?["runStrategy"] as? String
  }

  public var storedValue: String? { self[Self.settingPath]?["value"] as? String }

  public var hasRecord: Bool { self[Self.recordPath] != nil }

  public var record: [String: String]? { self[Self.recordPath]?["data"] as? [String: String] }
}

// What other people do.
extension ScriptedCluster {
  public func setValue(_ value: String, by manager: String) {
    edit(Self.settingPath) { setting in
      setting["value"] = value
      var metadata = setting["metadata"] as? Object ?? [:]
      metadata["managedFields"] = [
        ["manager": manager, "time": "2026-11-29T08:00:00Z", "fieldsV1": ["f:value": [:] as Object]] as Object
      ]
      setting["metadata"] = metadata
    }
  }

  public func startMachine(_ reference: String, by manager: String = "virtctl") {
    locked {
      started[reference] = true
      edit(Self.machinePath(reference)) { machine in
        var spec = machine["spec"] as? Object ?? [:]
        if spec["runStrategy"] as? String == "Halted" { spec["runStrategy"] = "Always" }
        machine["spec"] = spec
        var metadata = machine["metadata"] as? Object ?? [:]
        metadata["managedFields"] = [
          ["manager": manager, "time": "2026-11-29T08:00:00Z", "fieldsV1": ["f:spec": [:] as Object]] as Object
        ]
        machine["metadata"] = metadata
      }
    }
  }

  /// Stops a machine in its spec, and lets the controllers do so many steps.
  public func haltMachine(_ reference: String, ticks: Int = 6) {
    edit(Self.machinePath(reference)) { $0["spec"] = ["runStrategy": "Halted"] }
    for _ in 0..<ticks { tick() }
  }

  public func deleteMachine(_ reference: String) {
    locked {
      remove(Self.machinePath(reference))
      remove(Self.instancePath(reference))
      edit(Self.volumePath(reference)) { $0["status"] = ["state": "detached"] }
    }
  }
}
