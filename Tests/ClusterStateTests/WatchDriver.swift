import Rules

@testable import ClusterState

/// Drives a reflector: with a clock, an object store and the current request.
struct WatchDriver: ~Copyable {
  var reflector: Reflector
  var objects = ObjectStore()
  var now = Duration.zero
  /// The current request; nil while the reflector waits.
  private(set) var pendingRequest: APIRequest?
  /// All actions, oldest first.
  private(set) var actions: [Reflector.Action] = []

  init(_ kind: WatchedKind = .virtualMachineInstance, staleness: Duration = .seconds(120), seed: UInt64 = 1) {
    reflector = Reflector(kind, staleness: staleness, seed: seed)
    take(reflector.tick(now))
  }

  mutating func take(_ action: Reflector.Action) {
    if action != .wait { actions.append(action) }
    switch action {
    case .wait: break
    case .request(let request): pendingRequest = request
    case .cancel, .cancelAndDropConnection: pendingRequest = nil
    }
  }

  /// Advances the clock to the reflector's next wakeup.
  mutating func wake() {
    now = max(now, reflector.nextWakeup)
    take(reflector.tick(now))
  }

  mutating func respond(_ code: Int) {
    take(reflector.responded(code, now))
  }

  /// - Parameter size: The number of bytes to deliver at once; nil for all.
  mutating func receive(_ text: String, inPiecesOf size: Int? = nil) {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count, pendingRequest != nil {
      let end = min(start + (size ?? bytes.count), bytes.count)
      take(reflector.received(bytes.span.extracting(start..<end), now, into: &objects))
      start = end
    }
  }

  mutating func end() {
    pendingRequest = nil
    take(reflector.ended(now, into: &objects))
  }

  mutating func fail(_ reason: String = "connection reset") {
    pendingRequest = nil
    take(reflector.failed(reason, now))
  }

  /// Delivers a complete response.
  mutating func respond(_ code: Int, _ text: String) {
    respond(code)
    receive(text)
    end()
  }

  /// Delivers the first list, so that the reflector watches.
  mutating func list(_ items: String..., version: Int = 10) {
    respond(200, Wire.list(items, version: version))
  }

  /// The names of the running virtual machines, in order.
  var running: [String] {
    mutating get {
      var names: [String] = []
      objects.machines.forEach { name, machine in if machine.phase != nil { names.append(name.name) } }
      return names
    }
  }
}

/// Texts of an API server.
enum Wire {
  static func reflector(_ name: String, _ version: Int, phase: String = "Running") -> String {
    """
    {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstance","metadata":{"annotations":{"note":"a \\"}{\\" in it"},\
    "name":"\(name)","namespace":"default","resourceVersion":"\(version)"},"status":{"phase":"\(phase)"}}
    """
  }

  static func list(_ items: [String], version: Int, continuing mark: String? = nil) -> String {
    let more = mark.map { #""continue":"\#($0)","remainingItemCount":1,"# } ?? ""
    return """
      {"apiVersion":"kubevirt.io/v1","items":[\(items.joined(separator: ","))],"kind":"VirtualMachineInstanceList",\
      "metadata":{\(more)"resourceVersion":"\(version)"}}

      """
  }

  static func event(_ type: String, _ object: String) -> String {
    #"{"type":"\#(type)","object":\#(object)}"# + "\n"
  }

  static func bookmark(_ version: Int) -> String {
    event("BOOKMARK", #"{"kind":"VirtualMachineInstance","metadata":{"resourceVersion":"\#(version)"}}"#)
  }

  static func status(_ code: Int, _ message: String) -> String {
    """
    {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\(message)","reason":"X",\
    "code":\(code)}
    """
  }
}
