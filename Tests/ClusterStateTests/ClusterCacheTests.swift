import Rules
import Testing

@testable import ClusterState

@Suite struct `Cluster cache` {
  func englishList(_ cluster: inout ClusterCache, _ kind: WatchedKind, at now: Duration = .zero) {
    var reflector = Reflector(kind, staleness: .seconds(120), seed: 1)
    _ = cluster.process(&reflector) { reflector, _ in reflector.tick(now) }
    _ = cluster.process(&reflector) { reflector, _ in reflector.responded(200, now) }
    let items = kind == .node ? #"{"metadata":{"name":"node-0"}}"# : ""
    let list = Array(#"{"items":[\#(items)],"metadata":{"resourceVersion":"1"}}"#.utf8)
    _ = cluster.process(&reflector) { reflector, objects in reflector.received(list.span, now, into: &objects) }
    _ = cluster.process(&reflector) { reflector, objects in reflector.ended(now, into: &objects) }
  }

  @Test func `facts are unavailable until every kind is listed, and the error names the missing kinds`() throws {
    var cluster = ClusterCache(staleness: .seconds(120))
    for kind in WatchedKind.allCases.dropLast(2) {
      englishList(&cluster, kind)
      let unavailableError = #expect(throws: UnavailableError.self) { try cluster.currentFacts(at: .zero) }
      #expect(unavailableError?.message.contains("not listed yet") == true)
    }
    let unavailableError = #expect(throws: UnavailableError.self) { try cluster.currentFacts(at: .zero) }
    let missing = WatchedKind.allCases.suffix(2).map(\.resource.name)
    #expect(
      unavailableError?.message
        == "the cluster's state is unknown: \(missing[0]): not listed yet; \(missing[1]): not listed yet"
    )
    for kind in WatchedKind.allCases.suffix(2) { englishList(&cluster, kind) }
    #expect(throws: Never.self) { try cluster.currentFacts(at: .zero) }
  }

  @Test func `an error about many kinds names only the first three`() {
    let cluster = ClusterCache(staleness: .seconds(120))
    let message = cluster.unavailableError(at: .zero)?.message
    #expect(message?.hasSuffix("; and \(WatchedKind.allCases.count - 3) more") == true)
  }

  @Test func `a kind without contact for longer than the limit is named`() throws {
    var cluster = ClusterCache(staleness: .seconds(120))
    for kind in WatchedKind.allCases { englishList(&cluster, kind, at: kind == .longhornVolume ? .zero : .seconds(60)) }
    #expect(throws: Never.self) { try cluster.currentFacts(at: .seconds(120)) }
    let unavailableError = #expect(throws: UnavailableError.self) { try cluster.currentFacts(at: .seconds(121)) }
    #expect(
      unavailableError?.message
        == "the cluster's state is unknown: volumes.longhorn.io: watch data is stale: last contact 121s ago, limit 120s"
    )
    englishList(&cluster, .longhornVolume, at: .seconds(121))
    #expect(throws: Never.self) { try cluster.currentFacts(at: .seconds(121)) }
  }

  @Test func `events change the facts`() throws {
    var cluster = ClusterCache(staleness: .seconds(120))
    for kind in WatchedKind.allCases where kind != .virtualMachineInstance { englishList(&cluster, kind) }
    var reflector = Reflector(.virtualMachineInstance, staleness: .seconds(120), seed: 1)
    func deliver(_ text: String) {
      let bytes = Array(text.utf8)
      _ = cluster.process(&reflector) { reflector, objects in reflector.received(bytes.span, .zero, into: &objects) }
    }
    _ = cluster.process(&reflector) { reflector, _ in reflector.tick(.zero) }
    deliver(Wire.list([Wire.reflector("a", 1)], version: 5))
    _ = cluster.process(&reflector) { reflector, objects in reflector.ended(.zero, into: &objects) }
    #expect(try cluster.currentFacts(at: .zero).facts.unstoppedMachines.first.map(\.name) == ["a"])
    deliver(Wire.event("ADDED", Wire.reflector("b", 6)))
    #expect(try cluster.currentFacts(at: .zero).facts.unstoppedMachines.first.map(\.name) == ["a", "b"])
    deliver(Wire.event("DELETED", Wire.reflector("a", 7)))
    #expect(try cluster.currentFacts(at: .zero).facts.unstoppedMachines.first.map(\.name) == ["b"])
  }
}
