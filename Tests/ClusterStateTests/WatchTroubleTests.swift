import JSON
import Rules
import Testing

@testable import ClusterState

@Suite struct `What the API server refuses` {
  @Test func `a kind that is not installed counts as none, and is looked for every 30 s`() {
    var driver = WatchDriver()
    driver.answer(404, "404 page not found\n")
    #expect(driver.machine.status.standing == .absent)
    #expect(driver.machine.status.heard == driver.now)
    let looked = driver.now
    driver.wake()
    #expect(driver.now - looked == .seconds(30))
    driver.list(Wire.machine("a", 1))
    #expect(driver.machine.status.standing == .listed)
    #expect(driver.running == ["a"])
  }

  @Test func `a kind that is uninstalled while it is watched is empty from then on`() {
    var driver = WatchDriver()
    driver.list(Wire.machine("a", 1))
    driver.respond(200)
    driver.now += .seconds(5)
    driver.end()
    driver.answer(404, "404 page not found\n")
    #expect(driver.machine.status.standing == .absent)
    #expect(driver.running == [])
  }

  @Test func `401 has the credentials renewed and asks the same again, at once the first time`() {
    var driver = WatchDriver()
    driver.list()
    let path = driver.asked?.path
    let refused = driver.now
    driver.answer(401, Wire.status(401, "Unauthorized"))
    #expect(driver.actions.last == .renewCredentials)
    driver.wake()
    #expect(driver.now == refused)
    #expect(driver.asked?.path.prefix(90) == path?.prefix(90))
    driver.answer(401, Wire.status(401, "Unauthorized"))
    driver.wake()
    #expect(driver.now - refused >= .seconds(1))
    #expect(driver.machine.status.failures == 1)
  }

  @Test(arguments: [KindStatus.Verb.list, .watch]) func `403 says which verb on which resource is missing`(
    _ verb: KindStatus.Verb
  ) {
    var driver = WatchDriver(.setting)
    if verb == .watch { driver.list() }
    driver.answer(403, Wire.status(403, "settings.harvesterhci.io is forbidden: User x cannot"))
    #expect(driver.machine.status.standing == .forbidden(verb))
    #expect(
      driver.machine.status.complaint(about: WatchedKind.setting.resource, at: driver.now, staleAfter: .seconds(120))
        == "the webhook may not \(verb.rawValue) settings in the API group harvesterhci.io; grant its ServiceAccount this verb"
    )
    driver.wake()
    if verb == .list {
      driver.list()
    } else {
      driver.respond(200)
      driver.receive(Wire.bookmark(20))
    }
    #expect(driver.machine.status.standing == .listed)
  }

  @Test(arguments: [429, 500, 503, 200]) func `another refusal is tried again after a pause`(_ code: Int) {
    var driver = WatchDriver()
    driver.respond(code)
    driver.receive(Wire.status(code, "not now"))
    driver.end()
    #expect(driver.machine.status.standing == .unlisted)
    if code != 200 { #expect(driver.machine.status.trouble == "the API server answered \(code): not now") }
    #expect(driver.asked == nil)
    driver.wake()
    #expect(driver.asked != nil)
  }
}

@Suite struct `Signs of life` {
  @Test func `a watch that ends in order when nothing happened is one`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.respond(200)
    driver.now += .seconds(60)
    driver.end()
    #expect(driver.machine.status.heard == .seconds(60))
    #expect(driver.machine.status.lists == 1)
    #expect(driver.asked?.path.contains("resourceVersion=7&") == true)
  }

  @Test func `one that ends within an event is none`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.respond(200)
    driver.now += .seconds(60)
    driver.receive(#"{"type":"ADDED","obj"#)
    driver.end()
    #expect(driver.machine.status.heard == .zero)
    #expect(driver.machine.status.trouble == "the watch broke off")
  }

  @Test func `watches that end as soon as they begin do not follow each other faster than one a second`() {
    var driver = WatchDriver()
    driver.list()
    for _ in 0..<10 {
      driver.respond(200)
      driver.end()
      if driver.asked == nil { driver.wake() }
    }
    #expect(driver.now >= .seconds(10))
  }

  @Test(arguments: [10, 30, 120, 3600]) func `every kind is heard of within the allowed staleness`(_ staleness: Int) {
    // The worst case of a server that only ever ends its watches: each lasts as long as was asked for.
    var driver = WatchDriver(staleness: .seconds(staleness))
    driver.list()
    for _ in 0..<20 {
      driver.respond(200)
      let seconds = Int(driver.asked?.path.split(separator: "=").last ?? "") ?? 0
      driver.now += .seconds(seconds)
      #expect(driver.now < driver.machine.wakesAt)
      #expect((driver.machine.status.age(at: driver.now) ?? .zero) <= .seconds(staleness / 2))
      driver.end()
      if driver.asked == nil { driver.wake() }
    }
  }

  @Test func `a server that falls silent is left, connection and all, in time for another attempt`() {
    var driver = WatchDriver()
    driver.list(version: 7)
    driver.respond(200)
    driver.wake()
    #expect(driver.actions.last == .abandon)
    #expect(driver.now <= .seconds(75))
    driver.wake()
    #expect(driver.now < .seconds(80))
    #expect(driver.asked?.path.contains("resourceVersion=7&") == true)
  }

  @Test func `a list that stops arriving is left too, one that trickles is not`() {
    var driver = WatchDriver()
    driver.respond(200)
    let text = Wire.list([Wire.machine("a", 1)], version: 5)
    for character in text {
      driver.now += .seconds(40)
      driver.take(driver.machine.tick(driver.now))
      driver.receive(String(character))
    }
    driver.end()
    #expect(driver.running == ["a"])
    driver.answer(410, "")
    driver.respond(200)
    driver.wake()
    #expect(driver.actions.last == .abandon)
  }

  @Test func `late words of a request that was dropped change nothing`() {
    var driver = WatchDriver()
    driver.list(Wire.machine("a", 1))
    driver.respond(200)
    driver.wake()
    #expect(driver.actions.last == .abandon)
    let event = Array(Wire.event("DELETED", Wire.machine("a", 12)).utf8)
    #expect(driver.machine.received(event.span, driver.now, into: &driver.objects) == .wait)
    #expect(driver.machine.ended(driver.now, into: &driver.objects) == .wait)
    #expect(driver.machine.failed("x", driver.now) == .wait)
    #expect(driver.running == ["a"])
  }
}
