import Rules
import Testing

@testable import ClusterState

@Suite struct `A list as a Table` {
  static let rows = [
    Wire.row("a", "Running", labels: #"{"note":"]} \"rows\":[ "}"#), Wire.row("b", "Succeeded"),
    Wire.row("c", nil), Wire.row("ü\\u00e4", "Scheduling"),
  ]
  static let table = Wire.table(columns: ["Age", "Phase", "IP"], rows, version: 10)

  @Test func `is preferred for machines, whose status is all that rules read`() {
    let accept = "application/json;as=Table;g=meta.k8s.io;v=v1,application/json"
    for kind in WatchedKind.allCases {
      let isMachine = kind == .virtualMachine || kind == .virtualMachineInstance
      #expect((WatchDriver(kind).asked?.accept == accept) == isMachine)
    }
  }

  @Test func `gives each row's status, split at every byte`() {
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

  @Test func `has pages, and is watched as objects`() {
    var driver = WatchDriver()
    driver.answer(200, Wire.table(columns: ["Phase"], [Wire.row("a", "Running")], version: 10, continuing: "m"))
    #expect(driver.asked?.path.hasSuffix("?limit=500&continue=m") == true)
    #expect(driver.asked?.accept.contains("as=Table") == true)
    driver.answer(200, Wire.table(columns: ["Phase"], [Wire.row("b", "Running")], version: 10))
    #expect(driver.running == ["a", "b"])
    #expect(driver.asked?.path.contains("watch=true") == true)
    #expect(driver.asked?.accept == "application/json")
    driver.respond(200)
    driver.receive(Wire.event("MODIFIED", Wire.reflector("a", 11, phase: "Succeeded")))
    #expect(driver.running == ["b"])
  }

  @Test func `without rows is an empty list`() {
    for rows in ["[]", "null"] {
      var driver = WatchDriver()
      driver.answer(200, #"{"kind":"Table","metadata":{"resourceVersion":"7"},"columnDefinitions":[],"rows":\#(rows)}"#)
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
  ]) func `without the column is listed as objects at once, from then on`(_ table: String) {
    var driver = WatchDriver()
    driver.respond(200)
    driver.receive(table)
    #expect(driver.actions.last == .cancel)
    driver.take(driver.reflector.tick(driver.now))
    #expect(driver.asked?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
    #expect(driver.asked?.accept == "application/json")
    #expect(driver.reflector.status.failures == 0)
    driver.list(Wire.reflector("a", 1))
    #expect(driver.running == ["a"])
    driver.answer(410, Wire.status(410, "too old resource version"))
    #expect(driver.asked?.accept == "application/json")
  }

  @Test(arguments: ["Running", "Stopped", "Succeeded", "Failed", "Terminating", ""])
  func `a row and its object mean the same`(_ status: String) throws {
    for (kind, field) in [(WatchedKind.virtualMachine, "printableStatus"), (.virtualMachineInstance, "phase")] {
      let name = ObjectName(namespace: "default", name: "a")
      var (asRow, asObject) = (ObjectStore(), ObjectStore())
      asRow.put(status: status, of: kind, at: name)
      let object = Array(
        #"{"metadata":{"name":"a","namespace":"default"},"status":{"\#(field)":"\#(status)"}}"#.utf8)
      try asObject.put(object.span, of: kind, at: name)
      #expect(asRow.facts.virtualMachines == asObject.facts.virtualMachines)
      #expect(asRow.facts.runningInstances == asObject.facts.runningInstances)
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
    // One cell for each column: a row of a single column has the status alone.
    let rows = columns.count == 1 ? rows.map { $0.replacing(#""5m","#, with: "").replacing(",null]", with: "]") } : rows
    return """
      {"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{\(more)"resourceVersion":"\(version)"},\
      "columnDefinitions":[\(definitions.joined(separator: ","))],"rows":[\(rows.joined(separator: ","))]}

      """
  }
}
