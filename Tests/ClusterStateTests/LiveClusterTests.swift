import Rules
import Testing

@testable import ClusterState

@Suite struct `A cluster that is watched` {
  func listed(_ cluster: inout LiveCluster, _ kind: WatchedKind, at now: Duration = .zero) {
    var machine = WatchMachine(kind, staleness: .seconds(120), seed: 1)
    _ = cluster.follow(&machine) { machine, _ in machine.tick(now) }
    _ = cluster.follow(&machine) { machine, _ in machine.responded(200, now) }
    let list = Array(#"{"items":[],"metadata":{"resourceVersion":"1"}}"#.utf8)
    _ = cluster.follow(&machine) { machine, objects in machine.received(list.span, now, into: &objects) }
    _ = cluster.follow(&machine) { machine, objects in machine.ended(now, into: &objects) }
  }

  @Test func `says nothing before every kind is listed, and names what is missing`() throws {
    var cluster = LiveCluster(staleness: .seconds(120))
    for kind in WatchedKind.allCases.dropLast(2) {
      listed(&cluster, kind)
      let fault = #expect(throws: Fault.self) { try cluster.known(at: .zero) }
      #expect(fault?.message.contains("have not been listed yet") == true)
    }
    let fault = #expect(throws: Fault.self) { try cluster.known(at: .zero) }
    let missing = WatchedKind.allCases.suffix(2).map(\.resource.name)
    #expect(
      fault?.message
        == "the cluster's state is not known: \(missing[0]) have not been listed yet; \(missing[1]) have not been listed yet"
    )
    for kind in WatchedKind.allCases.suffix(2) { listed(&cluster, kind) }
    #expect(throws: Never.self) { try cluster.known(at: .zero) }
  }

  @Test func `a message about many kinds stays short`() {
    let cluster = LiveCluster(staleness: .seconds(120))
    let message = cluster.fault(at: .zero)?.message
    #expect(message?.hasSuffix("; and \(WatchedKind.allCases.count - 3) more") == true)
  }

  @Test func `a kind that was silent for longer than allowed is named`() throws {
    var cluster = LiveCluster(staleness: .seconds(120))
    for kind in WatchedKind.allCases { listed(&cluster, kind, at: kind == .longhornVolume ? .zero : .seconds(60)) }
    #expect(throws: Never.self) { try cluster.known(at: .seconds(120)) }
    let fault = #expect(throws: Fault.self) { try cluster.known(at: .seconds(121)) }
    #expect(
      fault?.message == "the cluster's state is not known: nothing was heard about volumes.longhorn.io for 121 s")
    listed(&cluster, .longhornVolume, at: .seconds(121))
    #expect(throws: Never.self) { try cluster.known(at: .seconds(121)) }
  }

  @Test func `the facts follow the events`() throws {
    var cluster = LiveCluster(staleness: .seconds(120))
    for kind in WatchedKind.allCases where kind != .virtualMachineInstance { listed(&cluster, kind) }
    var machine = WatchMachine(.virtualMachineInstance, staleness: .seconds(120), seed: 1)
    func tell(_ text: String) {
      let bytes = Array(text.utf8)
      _ = cluster.follow(&machine) { machine, objects in machine.received(bytes.span, .zero, into: &objects) }
    }
    _ = cluster.follow(&machine) { machine, _ in machine.tick(.zero) }
    tell(Wire.list([Wire.machine("a", 1)], version: 5))
    _ = cluster.follow(&machine) { machine, objects in machine.ended(.zero, into: &objects) }
    #expect(try cluster.known(at: .zero).facts.runningInstances.map(\.name) == ["a"])
    tell(Wire.event("ADDED", Wire.machine("b", 6)))
    #expect(try cluster.known(at: .zero).facts.runningInstances.map(\.name) == ["a", "b"])
    tell(Wire.event("DELETED", Wire.machine("a", 7)))
    #expect(try cluster.known(at: .zero).facts.runningInstances.map(\.name) == ["b"])
  }
}
