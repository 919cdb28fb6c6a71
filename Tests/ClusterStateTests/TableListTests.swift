import Rules
import Testing

@testable import ClusterState

@Suite struct `Table lists` {
  static let rows = [
    Wire.row("a", "Running", labels: #"{"note":"]} \"rows\":[ "}"#), Wire.row("b", "Succeeded"),
    Wire.row("c", nil), Wire.row("ü\\u00e4", "Scheduling"),
  ]
  static let table = Wire.table(columns: ["Age", "Phase", "IP"], rows, version: 10)

  @Test func `machines and instances are listed as Tables, other kinds as objects`() {
    let accept = "application/json;as=Table;g=meta.k8s.io;v=v1,application/json"
    for kind in WatchedKind.allCases {
      let isMachine = kind == .virtualMachine || kind == .virtualMachineInstance
      #expect((WatchDriver(kind).pendingRequest?.accept == accept) == isMachine)
    }
  }

  @Test func `rows are read at every split of the response`() {
    let bytes = Array(Self.table.utf8)
    for place in 0...bytes.count {
      var driver = WatchDriver()
      driver.respond(200)
      for piece in [0..<place, place..<bytes.count] {
        let action = driver.reflector.received(bytes.span.extracting(piece), .zero, into: &driver.objects)
        #expect(action == .wait, "split at \(place)")
      }
      driver.end()
      #expect(driver.running == ["a", "c", "üä"], "split at \(place)")
    }
  }

  @Test func `a Table list has pages, and its watch has objects`() {
    var driver = WatchDriver()
    driver.respond(200, Wire.table(columns: ["Phase"], [Wire.row("a", "Running")], version: 10, continuing: "m"))
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&continue=m") == true)
    #expect(driver.pendingRequest?.accept.contains("as=Table") == true)
    driver.respond(200, Wire.table(columns: ["Phase"], [Wire.row("b", "Running")], version: 10))
    #expect(driver.running == ["a", "b"])
    #expect(driver.pendingRequest?.path.contains("watch=true") == true)
    #expect(driver.pendingRequest?.accept == "application/json")
    driver.respond(200)
    driver.receive(Wire.event("MODIFIED", Wire.reflector("a", 11, phase: "Succeeded")))
    #expect(driver.running == ["b"])
  }

  @Test func `a Table without rows is an empty list`() {
    for rows in ["[]", "null"] {
      var driver = WatchDriver()
      driver.respond(
        200, #"{"kind":"Table","metadata":{"resourceVersion":"7"},"columnDefinitions":[],"rows":\#(rows)}"#)
      #expect(driver.running == [])
      #expect(driver.reflector.status.state == (rows == "null" ? .synced : .notSynced))
    }
  }

  @Test(arguments: [
    Wire.table(columns: ["Name", "Age"], [], version: 10),
    Wire.table(columns: ["Phase"], type: "integer", [], version: 10),
    Wire.table(columns: ["Age", "Phase"], [#"{"cells":["1d"],"object":{"metadata":{"name":"a"}}}"#], version: 10),
    Wire.table(columns: ["Phase"], [#"{"cells":["Running"],"object":null}"#], version: 10),
    #"{"rows":[{"cells":["Running"]}],"columnDefinitions":[{"name":"Phase","type":"string"}]}"#,
  ]) func `a Table without the column is replaced by a list of objects, permanently`(_ table: String) {
    var driver = WatchDriver()
    driver.respond(200)
    driver.receive(table)
    #expect(driver.actions.last == .cancel)
    driver.take(driver.reflector.tick(driver.now))
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
    #expect(driver.pendingRequest?.accept == "application/json")
    #expect(driver.reflector.status.failures == 0)
    driver.list(Wire.reflector("a", 1))
    #expect(driver.running == ["a"])
    driver.respond(410, Wire.status(410, "too old resource version"))
    #expect(driver.pendingRequest?.accept == "application/json")
  }

  @Test func `a Table in response to a request for objects is an error, not an empty list`() {
    var driver = WatchDriver(.setting)
    driver.respond(200)
    driver.receive(Wire.table(columns: ["Name"], [#"{"cells":["a"]}"#], version: 10))
    #expect(driver.actions.last == .cancel)
    #expect(driver.reflector.status.state == .notSynced)
    #expect(driver.reflector.status.failures == 1)
  }

  @Test(arguments: ["Running", "Stopped", "Succeeded", "Failed", "Terminating", ""])
  func `a row and an object of the same status have the same effect`(_ status: String) throws {
    for (kind, field) in [(WatchedKind.virtualMachine, "printableStatus"), (.virtualMachineInstance, "phase")] {
      let name = NamespacedName(namespace: "default", name: "a")
      var (asRow, asObject) = (ObjectStore(), ObjectStore())
      asRow.put(status: status, of: kind, at: name)
      let object = Array(
        #"{"metadata":{"name":"a","namespace":"default"},"status":{"\#(field)":"\#(status)"}}"#.utf8)
      try asObject.put(object.span, of: kind, at: name)
      #expect(asRow.facts.unstoppedMachines == asObject.facts.unstoppedMachines)
    }
  }
}

extension Wire {
  static func row(_ name: String, _ status: String?, labels: String = "{}") -> String {
    """
    {"cells":["5m",\(status.map { "\"\($0)\"" } ?? "null"),null],"object":{"kind":"PartialObjectMetadata",\
    "metadata":{"labels":\(labels),"name":"\(name)","namespace":"default","resourceVersion":"1"}}}
    """
  }

  static func table(
    columns: [String], type: String = "string", _ rows: [String], version: Int, continuing mark: String? = nil
  ) -> String {
    let definitions = columns.map { #"{"name":"\#($0)","type":"\#(type)","description":"] \"rows\":["}"# }
    let more = mark.map { #""continue":"\#($0)","# } ?? ""
    // One cell for each column: a row of a Table with one column has only the status.
    let rows = columns.count == 1 ? rows.map { $0.replacing(#""5m","#, with: "").replacing(",null]", with: "]") } : rows
    return """
      {"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{\(more)"resourceVersion":"\(version)"},\
      "columnDefinitions":[\(definitions.joined(separator: ","))],"rows":[\(rows.joined(separator: ","))]}

      """
  }
}
