import JSON
import Rules
import Testing

@testable import ClusterState

@Suite struct `Error responses of the API server` {
  @Test func `401 repeats the request, the first time without delay`() {
    var driver = WatchDriver()
    driver.list()
    let path = driver.pendingRequest?.path
    let refused = driver.now
    driver.respond(401, Wire.status(401, "Unauthorized"))
    driver.wake()
    #expect(driver.now == refused)
    #expect(driver.pendingRequest?.path.prefix(90) == path?.prefix(90))
    driver.respond(401, Wire.status(401, "Unauthorized"))
    driver.wake()
    #expect(driver.now - refused >= .seconds(1))
    #expect(driver.reflector.status.failures == 1)
  }

  @Test(arguments: [ReflectorStatus.Verb.list, .watch]) func `403 names the missing verb and resource`(
    _ verb: ReflectorStatus.Verb
  ) {
    var driver = WatchDriver(.setting)
    if verb == .watch { driver.list() }
    driver.respond(403, Wire.status(403, "settings.harvesterhci.io is forbidden: User x cannot"))
    #expect(driver.reflector.status.state == .forbidden(verb))
    #expect(
      driver.reflector.status.unavailableReason(
        about: WatchedKind.setting.resource, at: driver.now, staleAfter: .seconds(120))
        == "settings.harvesterhci.io: forbidden: the webhook's ServiceAccount must be allowed to \(verb.rawValue) settings "
        + "in the API group harvesterhci.io"
    )
    driver.wake()
    if verb == .list {
      driver.list()
    } else {
      driver.respond(200)
      driver.receive(Wire.bookmark(20))
    }
    #expect(driver.reflector.status.state == .synced)
  }

  @Test(arguments: [429, 500, 503, 200]) func `other error responses are retried after a delay`(_ code: Int) {
    var driver = WatchDriver()
    driver.respond(code)
    driver.receive(Wire.status(code, "not now"))
    driver.end()
    #expect(driver.reflector.status.state == .notSynced)
    if code != 200 { #expect(driver.reflector.status.lastError == "the API server answered \(code): not now") }
    #expect(driver.pendingRequest == nil)
    driver.wake()
    #expect(driver.pendingRequest != nil)
  }
}

@Suite struct `Liveness of watches` {
  @Test func `the orderly end of a watch without events proves liveness`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.respond(200)
    driver.now += .seconds(60)
    driver.end()
    #expect(driver.reflector.status.lastContact == .seconds(60))
    #expect(driver.reflector.status.lists == 1)
    #expect(driver.pendingRequest?.path.contains("resourceVersion=7&") == true)
  }

  @Test func `a watch that ends within an event does not prove liveness`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.respond(200)
    driver.now += .seconds(60)
    driver.receive(#"{"type":"ADDED","obj"#)
    driver.end()
    #expect(driver.reflector.status.lastContact == .zero)
    #expect(driver.reflector.status.lastError == "the watch was closed within an event")
  }

  @Test func `watches that end at once are restarted at most once a second`() {
    var driver = WatchDriver()
    driver.list()
    for _ in 0..<10 {
      driver.respond(200)
      driver.end()
      if driver.pendingRequest == nil { driver.wake() }
    }
    #expect(driver.now >= .seconds(10))
  }

  @Test(arguments: [10, 30, 120, 3600]) func `the last contact of every kind stays within the allowed staleness`(
    _ staleness: Int
  ) {
    // The worst case: a server that only ends watches, each after the requested time.
    var driver = WatchDriver(staleness: .seconds(staleness))
    driver.list()
    for _ in 0..<20 {
      driver.respond(200)
      let seconds = Int(driver.pendingRequest?.path.split(separator: "=").last ?? "") ?? 0
      driver.now += .seconds(seconds)
      #expect(driver.now < driver.reflector.nextWakeup)
      #expect((driver.reflector.status.age(at: driver.now) ?? .zero) <= .seconds(staleness / 2))
      driver.end()
      if driver.pendingRequest == nil { driver.wake() }
    }
  }

  @Test func `a silent server's connection is dropped in time for another attempt`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.respond(200)
    driver.wake()
    #expect(driver.actions.last == .cancelAndDropConnection)
    #expect(driver.now <= .seconds(75))
    driver.wake()
    #expect(driver.now < .seconds(80))
    #expect(driver.pendingRequest?.path.contains("resourceVersion=7&") == true)
  }

  @Test func `a stalled list is cancelled, a slow one is not`() {
    var driver = WatchDriver()
    driver.respond(200)
    let text = Wire.list([Wire.reflector("a", 1)], version: 5)
    for character in text {
      driver.now += .seconds(40)
      driver.take(driver.reflector.tick(driver.now))
      driver.receive(String(character))
    }
    driver.end()
    #expect(driver.running == ["a"])
    driver.respond(410, "")
    driver.respond(200)
    driver.wake()
    #expect(driver.actions.last == .cancelAndDropConnection)
  }

  @Test func `late data of a cancelled request have no effect`() {
    var driver = WatchDriver()
    driver.list(Wire.reflector("a", 1))
    driver.respond(200)
    driver.wake()
    #expect(driver.actions.last == .cancelAndDropConnection)
    let event = Array(Wire.event("DELETED", Wire.reflector("a", 12)).utf8)
    #expect(driver.reflector.received(event.span, driver.now, into: &driver.objects) == .wait)
    #expect(driver.reflector.ended(driver.now, into: &driver.objects) == .wait)
    #expect(driver.reflector.failed("x", driver.now) == .wait)
    #expect(driver.running == ["a"])
  }
}
