internal import JSON
internal import Reports

/// A virtual machine that is stopped for the change, with what is needed to start it as it was.
package struct Machine: Sendable, Equatable {
  package let namespace: String
  package let name: String
  /// Another object with the same name is another machine.
  package let uid: String
  package let runPolicy: RunPolicy

  package var reference: String { "\(namespace)/\(name)" }
}

/// When KubeVirt keeps an instance of a machine running: one of two fields of its spec.
package enum RunPolicy: Sendable, Equatable {
  /// `spec.runStrategy`, such as `RerunOnFailure`.
  case strategy(String)
  /// The older `spec.running`.
  case running(Bool)

  init(_ spec: JSONValue?) {
    if case .bool(let running)? = spec?["running"] {
      self = .running(running)
    } else {
      self = .strategy(spec?["runStrategy"]?.string ?? "")
    }
  }

  package var described: String {
    switch self {
    case .strategy(let name): name
    case .running(let running): running ? "running" : "not running"
    }
  }

  /// Whether KubeVirt keeps the machine off.
  var isHalted: Bool { self == .strategy("Halted") || self == .running(false) }

  /// The one of the same field that keeps the machine off.
  var halted: RunPolicy {
    switch self {
    case .strategy: .strategy("Halted")
    case .running: .running(false)
    }
  }

  /// The start subresource sets `Always` on a machine that is `Halted`; every other strategy must be set by name.
  var isSetByStart: Bool { self == .strategy("Always") || self == .running(true) }

  var member: JSONMember {
    switch self {
    case .strategy(let name): JSONMember("runStrategy", name)
    case .running(let running): JSONMember("running", running)
    }
  }
}

extension Machine {
  /// Nil for an object without a name.
  init?(object: JSONValue) {
    let metadata = object["metadata"]
    guard let name = metadata?["name"]?.string else { return nil }
    self.init(
      namespace: metadata?["namespace"]?.string ?? "", name: name, uid: metadata?["uid"]?.string ?? "",
      runPolicy: RunPolicy(object["spec"] ?? object))
  }

  var members: [JSONMember] {
    [
      JSONMember("namespace", namespace), JSONMember("name", name), JSONMember("uid", uid), runPolicy.member,
    ]
  }

  /// Reads what ``members`` writes.
  init?(recorded: JSONValue) {
    guard let namespace = recorded["namespace"]?.string, let name = recorded["name"]?.string else { return nil }
    self.init(
      namespace: namespace, name: name, uid: recorded["uid"]?.string ?? "", runPolicy: RunPolicy(recorded))
  }
}

/// A machine as the API server shows it now.
struct MachineState {
  let machine: Machine
  let status: String
  /// Whether KubeVirt has accepted a stop and not carried it out yet.
  let isAboutToStop: Bool

  static let upStatuses: Set = ["Running", "Paused", "Migrating"]

  var isUp: Bool { Self.upStatuses.contains(status) }

  init?(object: JSONValue) {
    guard let machine = Machine(object: object) else { return nil }
    self.machine = machine
    status = object["status"]?["printableStatus"]?.string ?? ""
    guard case .array(let requests)? = object["status"]?["stateChangeRequests"] else {
      isAboutToStop = false
      return
    }
    isAboutToStop = requests.contains { $0["action"]?.string == "Stop" }
  }
}
