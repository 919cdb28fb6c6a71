import Rules
import Testing

@testable import ClusterState

/// Splits and breaks a stream at every byte.
@Suite struct `Streams split at every byte` {
  static let before = [
    Wire.reflector("a", 3), Wire.reflector("b", 4, phase: "Succeeded"), Wire.reflector("ü\\u00e4", 5),
  ]

  /// The stream of a server, event by event, each with the version after it.
  static let events: [(text: String, version: Int)] = [
    (Wire.event("ADDED", Wire.reflector("c", 11)), 11),
    (Wire.event("MODIFIED", Wire.reflector("b", 12)), 12),
    (Wire.bookmark(14), 14),
    (Wire.event("DELETED", Wire.reflector("a", 15)), 15),
    ("\n", 15),
    (Wire.event("MODIFIED", Wire.reflector("c", 16, phase: "Failed")), 16),
    (Wire.event("ADDED", Wire.reflector("a", 17)), 17),
  ]
  static let stream = events.map(\.text).joined()
  static let runningAfterwards = ["a", "b", "üä"]

  func watching() -> WatchDriver {
    var driver = WatchDriver()
    driver.respond(200, Wire.list(Self.before, version: 10))
    driver.respond(200)
    return driver
  }

  @Test func `a list is the same for every split into two pieces`() {
    let bytes = Array(Wire.list(Self.before, version: 10).utf8)
    for place in 0...bytes.count {
      var driver = WatchDriver()
      driver.respond(200)
      for piece in [0..<place, place..<bytes.count] {
        let action = driver.reflector.received(bytes.span.extracting(piece), .zero, into: &driver.objects)
        #expect(action == .wait, "split at \(place)")
      }
      driver.end()
      #expect(driver.running == ["a", "üä"], "split at \(place)")
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64]) func `lists and events are the same in small pieces`(_ size: Int) {
    var driver = WatchDriver()
    driver.respond(200)
    driver.receive(Wire.list(Self.before, version: 10), inPiecesOf: size)
    driver.end()
    driver.respond(200)
    driver.receive(Self.stream, inPiecesOf: size)
    #expect(driver.running == Self.runningAfterwards)
  }

  @Test func `events are the same for every split into two pieces`() {
    let bytes = Array(Self.stream.utf8)
    for place in 0...bytes.count {
      var driver = watching()
      for piece in [0..<place, place..<bytes.count] {
        let action = driver.reflector.received(bytes.span.extracting(piece), .zero, into: &driver.objects)
        #expect(action == .wait, "split at \(place)")
      }
      #expect(driver.running == Self.runningAfterwards, "split at \(place)")
    }
  }

  @Test(arguments: [true, false]) func `a watch that breaks at any byte resumes after its last complete event`(
    _ endsInOrder: Bool
  ) {
    let bytes = Array(Self.stream.utf8)
    for place in 0...bytes.count {
      var driver = watching()
      _ = driver.reflector.received(bytes.span.extracting(0..<place), .zero, into: &driver.objects)
      if endsInOrder { driver.end() } else { driver.fail() }
      if driver.pendingRequest == nil { driver.wake() }

      var length = 0
      let whole = Self.events.prefix { event in
        length += event.text.utf8.count
        return length <= place
      }
      let version = whole.last?.version ?? 10
      #expect(driver.pendingRequest?.path.contains("resourceVersion=\(version)&") == true, "broken at \(place)")

      // The server sends the events after that version, and none is missing.
      driver.respond(200)
      driver.receive(Self.events.filter { $0.version > version }.map(\.text).joined())
      #expect(driver.running == Self.runningAfterwards, "broken at \(place)")
    }
  }
}

/// A server with a history that forgets old versions, breaks connections and rejects requests; the oracle is its state.
@Suite struct `Reflector with a faulty server` {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 20_261_124] as [UInt64])
  func `the objects equal the server's after any sequence of faults`(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    var server = ModelServer()
    var driver = WatchDriver(seed: seed)
    for step in 0..<3_000 {
      server.change(&random)
      server.play(&driver, &random)
      #expect(driver.reflector.status.failures <= step + 1, "seed \(seed)")
    }
    for _ in 0..<40 { server.serve(&driver, cuttingAt: nil, &random) }
    #expect(driver.running == server.running, "seed \(seed)")
    #expect(driver.reflector.status.lists > 3, "seed \(seed)")
  }
}

/// A minimal API server of one kind.
private struct ModelServer {
  var version = 1
  var objects: [String: (version: Int, phase: String)] = [:]
  var history: [(version: Int, type: String, name: String, phase: String)] = []

  var running: [String] { objects.filter { $0.value.phase == "Running" }.keys.sorted() }

  mutating func change(_ random: inout SplitMix) {
    guard Int.random(in: 0..<3, using: &random) == 0 else { return }
    let name = "vm-\(Int.random(in: 0..<12, using: &random))"
    version += Int.random(in: 1...3, using: &random)
    let phase = ["Running", "Succeeded", "Running"].randomElement(using: &random) ?? "Running"
    switch (objects[name], Bool.random(using: &random)) {
    case (nil, _): history.append((version, "ADDED", name, phase))
    case (_, true): history.append((version, "MODIFIED", name, phase))
    case (_, false): history.append((version, "DELETED", name, phase))
    }
    objects[name] = history.last?.type == "DELETED" ? nil : (version, phase)
    if history.count > 15 { history.removeFirst(10) }
  }

  /// One step: a random event of the network or the server.
  mutating func play(_ driver: inout WatchDriver, _ random: inout SplitMix) {
    guard driver.pendingRequest != nil else { return driver.wake() }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: driver.fail()
    case 1: driver.respond(503, Wire.status(503, "starting"))
    case 2: driver.respond(429, "")
    case 3: driver.wake()
    case 4: driver.respond(410, Wire.status(410, "expired"))
    case 5, 6: serve(&driver, cuttingAt: Double.random(in: 0...1, using: &random), &random)
    default: serve(&driver, cuttingAt: nil, &random)
    }
  }

  /// Responds to the current request; with a cut, only a part of the response arrives.
  mutating func serve(_ driver: inout WatchDriver, cuttingAt part: Double?, _ random: inout SplitMix) {
    guard let path = driver.pendingRequest?.path else { return driver.wake() }
    let text = path.contains("watch=true") ? events(since: path.number(after: "resourceVersion=")) : page(path)
    driver.respond(200)
    let length = part.map { Int(Double(text.utf8.count) * $0) } ?? text.utf8.count
    driver.receive(
      String(decoding: text.utf8.prefix(length), as: UTF8.self), inPiecesOf: Int.random(in: 1...200, using: &random))
    if part != nil, driver.pendingRequest != nil { return driver.fail() }
    driver.now += .seconds(Int.random(in: 0...60, using: &random))
    if driver.pendingRequest != nil { driver.end() }
  }

  /// Pages of four in varying order; the continue token has the position and the list's version.
  private func page(_ path: String) -> String {
    let start = path.number(after: "continue=")
    let englishList = objects.sorted { $0.key > $1.key }
    let items = englishList.dropFirst(start).prefix(4).map {
      Wire.reflector($0.key, $0.value.version, phase: $0.value.phase)
    }
    let isLast = start + 4 >= englishList.count
    // Unlike a real server, this one does not page through one version, so it returns the oldest version of all pages.
    return Wire.list(items, version: history.first?.version ?? version, continuing: isLast ? nil : "\(start + 4)")
  }

  private func events(since version: Int) -> String {
    if let first = history.first, version < first.version, version < self.version {
      return Wire.event("ERROR", Wire.status(410, "too old resource version"))
    }
    let news = history.filter { $0.version > version }
    return news.map { Wire.event($0.type, Wire.reflector($0.name, $0.version, phase: $0.phase)) }.joined()
      + (news.isEmpty ? Wire.bookmark(self.version) : "")
  }
}

extension String {
  fileprivate func number(after key: String) -> Int {
    guard let place = firstRange(of: key) else { return 0 }
    return Int(self[place.upperBound...].prefix { $0.isNumber }) ?? 0
  }
}
