import JSON
import Rules
import Testing

@testable import ClusterState

@Suite struct `Reflector lists and watches` {
  @Test func `a reflector starts with a list in pages of 500`() {
    let driver = WatchDriver()
    #expect(driver.pendingRequest?.path == "/apis/kubevirt.io/v1/virtualmachineinstances?limit=500&resourceVersion=0")
    #expect(WatchDriver(.longhornVolume).pendingRequest?.accept == "application/json")
  }

  @Test func `requests have the kind's group, namespace, label selector and metadata-only representation`() {
    #expect(WatchDriver(.node).pendingRequest?.path == "/api/v1/nodes?limit=500&resourceVersion=0")
    #expect(
      WatchDriver(.longhornPod).pendingRequest?.path
        == "/api/v1/namespaces/longhorn-system/pods?limit=500&resourceVersion=0")
    #expect(
      WatchDriver(.persistentVolumeClaim).pendingRequest?.path.hasPrefix(
        "/api/v1/persistentvolumeclaims?limit=500&resourceVersion=0&labelSelector=app.kubernetes.io%2Fname%20in%20%28"
      ) == true)
    #expect(
      WatchDriver(.virtualIP).pendingRequest?.path
        == "/api/v1/namespaces/harvester-system/configmaps?limit=500&resourceVersion=0&fieldSelector=metadata.name%3Dvip"
    )
    let definitions = WatchDriver(.customResourceDefinition)
    #expect(definitions.pendingRequest?.accept == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
  }

  @Test func `a list is committed only when its last page is complete`() {
    var driver = WatchDriver()
    driver.respond(200, Wire.list([Wire.reflector("a", 3)], version: 10, continuing: "mark/1="))
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&continue=mark%2F1%3D") == true)
    #expect(driver.running == [])
    #expect(driver.reflector.status.state == .notSynced)
    driver.respond(200)
    driver.receive(Wire.list([Wire.reflector("b", 4)], version: 10))
    #expect(driver.running == [])
    driver.end()
    #expect(driver.running == ["a", "b"])
    #expect(driver.reflector.status.state == .synced)
    #expect(driver.reflector.status.lists == 1)
  }

  @Test func `after the list it watches from the list's version, with bookmarks and a timeout`() throws {
    var driver = WatchDriver()
    driver.list(version: 77)
    let path = try #require(driver.pendingRequest?.path)
    #expect(path.contains("watch=true&allowWatchBookmarks=true&resourceVersion=77&timeoutSeconds="))
    let seconds = try #require(Int(path.split(separator: "=").last ?? ""))
    #expect((45...60).contains(seconds))
  }

  @Test func `events change the objects, bookmarks only the version`() {
    var driver = WatchDriver()
    driver.list(Wire.reflector("a", 3))
    driver.respond(200)
    driver.receive(Wire.event("ADDED", Wire.reflector("b", 11)))
    driver.receive(Wire.event("MODIFIED", Wire.reflector("a", 12, phase: "Succeeded")))
    #expect(driver.running == ["b"])
    driver.receive(Wire.event("DELETED", Wire.reflector("b", 13)))
    #expect(driver.running == [])
    #expect(driver.reflector.status.events == 3)
    driver.receive(Wire.bookmark(20))
    #expect(driver.reflector.status.events == 3)
    driver.fail()
    driver.wake()
    #expect(driver.pendingRequest?.path.contains("resourceVersion=20&") == true)
  }

  @Test func `a repeated event has no effect`() {
    var driver = WatchDriver()
    driver.list()
    driver.respond(200)
    let events = [
      Wire.event("ADDED", Wire.reflector("a", 11)), Wire.event("MODIFIED", Wire.reflector("a", 12)),
      Wire.event("DELETED", Wire.reflector("b", 13)),
    ]
    for event in events + [events[1], events[2]] { driver.receive(event) }
    #expect(driver.running == ["a"])
  }

  @Test func `a new list replaces all objects, in any order`() {
    var driver = WatchDriver()
    driver.list(Wire.reflector("a", 1), Wire.reflector("b", 2), Wire.reflector("c", 3))
    driver.respond(410, Wire.status(410, "too old resource version"))
    #expect(driver.running == ["a", "b", "c"])
    driver.list(Wire.reflector("d", 9), Wire.reflector("c", 3), Wire.reflector("a", 8, phase: "Failed"), version: 30)
    #expect(driver.running == ["c", "d"])
    #expect(driver.reflector.status.lists == 2)
    #expect(driver.pendingRequest?.path.contains("resourceVersion=30") == true)
  }
}

@Suite struct `Recovery of a reflector` {
  @Test func `a broken watch resumes at its last event after a delay`() {
    var driver = WatchDriver()
    driver.list()
    driver.respond(200)
    driver.receive(Wire.event("ADDED", Wire.reflector("a", 15)))
    driver.fail()
    #expect(driver.pendingRequest == nil)
    #expect(driver.reflector.status.lastError == "connection reset")
    #expect(driver.running == ["a"])
    let broken = driver.now
    driver.wake()
    #expect((Duration.seconds(1)...Duration.seconds(2)).contains(driver.now - broken))
    #expect(driver.pendingRequest?.path.contains("resourceVersion=15&") == true)
    driver.respond(200)
    #expect(driver.reflector.status.lastError == nil)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func `delays double from 1 s to 30 s with jitter`(
    _ seed: UInt64
  ) {
    var driver = WatchDriver(seed: seed)
    var pauses: [Duration] = []
    for _ in 0..<8 {
      let failed = driver.now
      driver.respond(400, Wire.status(400, "not like this"))
      driver.wake()
      pauses.append(driver.now - failed)
    }
    for (index, pause) in pauses.enumerated() {
      let doubled = Duration.seconds(1 << index)
      #expect(pause >= min(max(doubled * 0.75, .seconds(1)), .seconds(22)), "seed \(seed)")
      #expect(pause <= min(doubled * 1.25, .seconds(30)), "seed \(seed)")
    }
    #expect(Set(pauses).count > 4, "seed \(seed)")
  }

  /// Responses of an API server that is unavailable or overloaded; nil for no response.
  static let outages: [Int?] = [nil, 429, 500, 503]

  @Test(arguments: outages) func `the end of an outage of any length is noticed within two seconds`(_ code: Int?) {
    var driver = WatchDriver()
    driver.list(version: 7)
    var pauses: [Duration] = []
    for _ in 0..<300 {
      let failed = driver.now
      if let code { driver.respond(code, Wire.status(code, "not now")) } else { driver.fail() }
      driver.wake()
      pauses.append(driver.now - failed)
    }
    #expect(pauses.allSatisfy { $0 >= .seconds(1) && $0 <= .seconds(2) })
    #expect(Set(pauses).count > 100, "clients of one server do not come back at the same moment")
    #expect(driver.pendingRequest?.path.contains("resourceVersion=7&") == true)
  }

  @Test func `facts are available one second after the server recovers`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    for _ in 0..<100 {
      driver.fail()
      driver.wake()
    }
    let back = driver.now
    #expect(driver.reflector.status.age(at: back).map { $0 > .seconds(90) } == true)
    driver.respond(200)
    driver.now += .seconds(1)
    driver.end()
    #expect(driver.reflector.status.age(at: back + .seconds(1)) == .zero)
  }

  @Test func `the first watch after a failure is short, the next one long`() {
    var driver = WatchDriver()
    driver.list()
    driver.respond(200)
    driver.fail()
    driver.wake()
    #expect(driver.pendingRequest?.path.hasSuffix("timeoutSeconds=1") == true)
    driver.respond(200)
    driver.now += .seconds(1)
    driver.end()
    #expect(driver.reflector.status.lastContact == driver.now)
    #expect(driver.pendingRequest?.path.hasSuffix("timeoutSeconds=1") == false)
  }

  @Test func `a forbidden kind is retried soon after another kind succeeds`() {
    var driver = WatchDriver()
    for _ in 0..<8 {
      driver.respond(403, Wire.status(403, "forbidden"))
      driver.wake()
    }
    driver.respond(403, Wire.status(403, "forbidden"))
    let answered = driver.now
    driver.reflector.retryNow(driver.now)
    driver.wake()
    #expect(driver.now == answered)
    driver.respond(403, Wire.status(403, "forbidden"))
    driver.wake()
    #expect(driver.now - answered <= .seconds(2.5))
  }

  @Test func `a delay ends early when the server responds to another kind`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.fail()
    let failed = driver.now
    driver.reflector.retryNow(driver.now)
    driver.wake()
    #expect(driver.now == failed)
    #expect(driver.pendingRequest?.path.contains("resourceVersion=7&") == true)
    driver.respond(404, "")
    let refused = driver.now
    driver.reflector.retryNow(driver.now)
    driver.wake()
    #expect(driver.now == refused)
  }

  @Test func `a broken list starts over`() {
    var driver = WatchDriver()
    driver.respond(200, Wire.list([Wire.reflector("gone", 3)], version: 10, continuing: "x"))
    driver.respond(200)
    driver.fail()
    driver.wake()
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
    driver.list(Wire.reflector("a", 12))
    #expect(driver.running == ["a"])
  }

  @Test func `410 between pages restarts the list at once`() {
    var driver = WatchDriver()
    driver.respond(200, Wire.list([Wire.reflector("gone", 3)], version: 10, continuing: "x"))
    driver.respond(410, Wire.status(410, "the provided continue parameter is too old"))
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
    driver.list(Wire.reflector("a", 12))
    #expect(driver.running == ["a"])
  }

  @Test func `410 as a watch event cancels the watch and lists again`() {
    var driver = WatchDriver()
    driver.list(Wire.reflector("a", 1))
    driver.respond(200)
    driver.receive(Wire.event("ADDED", Wire.reflector("b", 11)) + Wire.event("ERROR", Wire.status(410, "expired")))
    #expect(driver.actions.last == .cancel)
    #expect(driver.running == ["a", "b"])
    driver.wake()
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
  }

  @Test func `410 after a long outage lists again at once`() {
    var driver = WatchDriver()
    driver.list()
    for _ in 0..<6 {
      driver.fail()
      driver.wake()
    }
    driver.respond(410, Wire.status(410, "too old resource version"))
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
  }

  @Test func `repeated 410 responses are retried with growing delays`() {
    var driver = WatchDriver()
    var pauses: [Duration] = []
    for _ in 0..<5 {
      driver.list()
      let asked = driver.now
      driver.respond(410, Wire.status(410, "expired"))
      if driver.pendingRequest == nil { driver.wake() }
      pauses.append(driver.now - asked)
    }
    #expect(pauses[0] == .zero)
    #expect(pauses[4] >= .seconds(8))
  }

  @Test func `another error event lists again after a delay`() {
    var driver = WatchDriver()
    driver.list()
    driver.respond(200)
    driver.receive(Wire.event("ERROR", Wire.status(500, "etcd is gone")))
    #expect(driver.reflector.status.lastError == "the API server ended the watch with 500: etcd is gone")
    let broken = driver.now
    driver.wake()
    #expect(driver.now - broken >= .seconds(1))
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
  }

  @Test(arguments: [
    "no JSON\n", "{\"type\":\"ADDED\"}\n", "{\"type\":\"NEWS\",\"object\":{}}\n", "[]\n",
    "{\"type\":\"ADDED\",\"object\":{}} {}\n", "<html>proxy error</html>\n",
  ]) func `an invalid event lists again after a delay`(_ line: String) {
    var driver = WatchDriver()
    driver.list(Wire.reflector("a", 1))
    driver.respond(200)
    driver.receive(line)
    #expect(driver.actions.last == .cancel)
    #expect(driver.running == ["a"])
    #expect(driver.reflector.status.lastError != nil)
    driver.wake()
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
  }

  @Test(arguments: [
    "", "{", #"{"items":[]}"#, "<html></html>", #"{"items":[{"a":1}"#,
    #"{"items":[{"a":}],"metadata":{"resourceVersion":"1"}}"#,
  ])
  func `an invalid list is requested again`(_ text: String) {
    var driver = WatchDriver()
    driver.respond(200)
    driver.receive(text)
    if driver.pendingRequest != nil { driver.end() }
    #expect(driver.reflector.status.state == .notSynced)
    #expect(driver.reflector.status.lastError != nil)
    driver.wake()
    #expect(driver.pendingRequest?.path.hasSuffix("?limit=500&resourceVersion=0") == true)
  }

  @Test func `an object above the size limit ends the stream, one below it does not`() {
    func event(of size: Int) -> String {
      let note = String(repeating: "x", count: size)
      return Wire.event("ADDED", #"{"metadata":{"name":"a","resourceVersion":"11","annotations":{"n":"\#(note)"}}}"#)
    }
    var driver = WatchDriver()
    driver.list()
    driver.respond(200)
    driver.receive(event(of: WatchLimits.objectBytes - 200), inPiecesOf: 16 * 1024)
    #expect(driver.running == ["a"])
    driver.receive(event(of: WatchLimits.objectBytes), inPiecesOf: 16 * 1024)
    #expect(driver.actions.last == .cancel)
    #expect(driver.reflector.status.lastError == "an object is larger than 4 MiB")
  }
}
