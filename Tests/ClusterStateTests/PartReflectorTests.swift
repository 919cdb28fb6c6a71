import Testing

@testable import ClusterState

/// The list and watch of one resource for `verify`, event by event.
@Suite struct `The watch of verify` {
  static let part = VerifySnapshot.Part.inspected(.longhornPod)

  var watch = PartReflector(part, seed: 1)
  var cluster = VerifySnapshot()

  static func pod(_ name: String) -> String {
    #"{"metadata":{"name":"\#(name)","namespace":"longhorn-system","resourceVersion":"7"}}"#
  }

  mutating func receive(_ text: String, at now: Duration = .zero) -> PartReflector.Action {
    watch.received(Array(text.utf8).span, now, into: &cluster)
  }

  /// Answers the list with these pods.
  mutating func list(_ pods: String..., version: String = "5", at now: Duration = .zero) -> PartReflector.Action {
    watch.responded(200, now)
    let items = pods.map(Self.pod).joined(separator: ",")
    _ = receive(#"{"metadata":{"resourceVersion":"\#(version)"},"items":[\#(items)]}"#, at: now)
    return watch.ended(now, into: &cluster)
  }

  private func path(_ action: PartReflector.Action) -> String {
    guard case .request(let request) = action else { return "\(action)" }
    return request.path
  }

  var pods: [String] {
    mutating get { cluster.extraFacts.pods.map(\.name) }
  }

  @Test mutating func `lists once and watches from there`() {
    #expect(path(watch.tick(.zero)).contains("limit="))
    #expect(!watch.isListed)
    let next = list("a", "b")
    #expect(path(next).contains("watch=true") && path(next).contains("resourceVersion=5"))
    #expect(watch.isListed)
    #expect(pods == ["a", "b"])
    watch.responded(200, .zero)
    _ = receive(
      #"{"type":"ADDED","object":\#(Self.pod("c"))}"# + "\n" + #"{"type":"DELETED","object":\#(Self.pod("a"))}"#)
    #expect(pods == ["a", "b", "c"])
    _ = receive("\n")
    #expect(pods == ["b", "c"])
    // An orderly end: the watch goes on where it was, at most once a second.
    #expect(watch.ended(.zero, into: &cluster) == .wait)
    #expect(path(watch.tick(.seconds(1))).contains("resourceVersion=7"))
    #expect(watch.error == nil)
  }

  @Test(arguments: [410, 404])
  mutating func `a watch that the server refuses is listed again, which removes what is gone`(_ code: Int) {
    _ = watch.tick(.zero)
    _ = list("a", "b")
    watch.responded(code, .zero)
    #expect(watch.ended(.zero, into: &cluster) == .wait)
    #expect(watch.error == nil, "a version that is too old is normal")
    #expect(path(watch.tick(.seconds(1))).contains("limit="))
    #expect(pods == ["a", "b"])
    _ = list("b", version: "9", at: .seconds(1))
    #expect(pods == ["b"])
    #expect(watch.error == nil)
  }

  @Test(arguments: [
    #"{"type":"ERROR","object":{"code":500,"message":"no leader"}}"#, "nonsense", #"{"type":"ADDED"}"#,
  ]) mutating func `what cannot be followed ends the request, and is listed again`(_ line: String) {
    _ = watch.tick(.zero)
    _ = list("a")
    watch.responded(200, .zero)
    #expect(receive(line + "\n") == .cancelAndDropConnection)
    #expect(watch.error != nil)
    #expect(watch.tick(.milliseconds(999)) == .wait)
    #expect(path(watch.tick(.seconds(2))).contains("limit="))
  }

  @Test mutating func `an event that says the version is too old is no error, and is followed by a list`() {
    _ = watch.tick(.zero)
    _ = list("a")
    watch.responded(200, .zero)
    #expect(
      receive(#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"# + "\n") == .cancelAndDropConnection)
    #expect(watch.error == nil)
    #expect(path(watch.tick(.seconds(1))).contains("limit="))
  }

  /// An end of each watch: the status of the response, and the pieces in which an event arrives.
  static let ends: [(status: Int, pieces: [String], isNormalOnce: Bool, error: String)] = [
    (410, [], true, "answered 410 to the watch"),
    (200, [#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"# + "\n"], true, "too old"),
    (200, [#"{"type":"ERROR","object":{"code":4"#, #"10,"message":"too old"}}"# + "\n"], true, "too old"),
    (200, [#"{"type":"ERROR","object":{"code":500,"message":"no leader"}}"# + "\n"], false, "no leader"),
    (200, ["nonsense\n"], false, "not JSON"),
  ]

  /// Plays an API server that answers each list, and ends each watch like this, for ten minutes.
  private mutating func lists(
    whenWatchesEnd end: (status: Int, pieces: [String], isNormalOnce: Bool, error: String)
  ) -> [Duration] {
    var (starts, errors): ([Duration], [String?]) = ([], [])
    var now = Duration.zero
    while now < .seconds(600) {
      let action = watch.tick(now)
      if path(action).contains("limit=") {
        starts.append(now)
        _ = list("a", at: now)
        watch.responded(end.status, now)
        for piece in end.pieces { _ = receive(piece, at: now) }
        if end.pieces.isEmpty { _ = watch.ended(now, into: &cluster) }
        errors.append(watch.error)
      }
      now = watch.nextWakeup
    }
    #expect((errors[0] == nil) == end.isNormalOnce)
    for error in errors.dropFirst() { #expect(error?.contains(end.error) == true, "\(error ?? "none")") }
    return starts
  }

  @Test(arguments: ends)
  mutating func `an API server whose watches never work is listed less and less often`(
    _ end: (status: Int, pieces: [String], isNormalOnce: Bool, error: String)
  ) {
    let starts = lists(whenWatchesEnd: end)
    let pauses = zip(starts.dropFirst(), starts).map { $0 - $1 }
    if end.isNormalOnce { #expect(pauses[0] == WatchLimits.minWatchInterval) }
    #expect(pauses.dropFirst(5).allSatisfy { $0 >= .seconds(20) })
    #expect((20...35).contains(starts.count), "\(starts.count) lists in ten minutes")
  }

  @Test mutating func `a watch that works makes the next version that is too old a normal one`() {
    _ = watch.tick(.zero)
    for second in 1...3 {
      let now = Duration.seconds(second)
      _ = list("a", at: now)
      watch.responded(200, now)
      _ = receive(#"{"type":"ADDED","object":\#(Self.pod("b"))}"# + "\n", at: now)
      _ = receive(#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"# + "\n", at: now)
      #expect(watch.error == nil)
      #expect(path(watch.tick(now + .seconds(1))).contains("limit="))
    }
  }

  @Test mutating func `a watch that works counts even if the version is too old in the same bytes`() {
    _ = watch.tick(.zero)
    for second in 1...3 {
      let now = Duration.seconds(second)
      _ = list("a", at: now)
      watch.responded(200, now)
      let bookmark = #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}}"# + "\n"
      _ = receive(bookmark + #"{"type":"ERROR","object":{"code":410,"message":"too old"}}"# + "\n", at: now)
      #expect(watch.error == nil)
      #expect(path(watch.tick(now + .seconds(1))).contains("limit="))
    }
  }

  @Test mutating func `the failure of a request that is given up changes nothing`() {
    _ = watch.tick(.zero)
    _ = list("a")
    watch.responded(200, .zero)
    _ = receive(#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"# + "\n")
    let wakeup = watch.nextWakeup
    watch.failed("connection reset", .zero)
    #expect(watch.error == nil)
    #expect(watch.nextWakeup == wakeup)
  }

  @Test mutating func `a request without a byte is given up at its deadline`() {
    _ = watch.tick(.zero)
    #expect(watch.tick(.seconds(59)) == .wait)
    #expect(watch.tick(.seconds(60)) == .cancelAndDropConnection)
    #expect(watch.error == "timed out waiting for the API server")
    #expect(path(watch.tick(.seconds(61))).contains("limit="))
  }

  @Test mutating func `an error is told at once, and the next attempt follows after a second`() {
    _ = watch.tick(.zero)
    watch.failed("connection refused", .zero)
    #expect(watch.error == "connection refused")
    #expect(watch.tick(.milliseconds(999)) == .wait)
    #expect(path(watch.tick(.seconds(1))).contains("limit="))
    watch.responded(403, .seconds(1))
    #expect(watch.ended(.seconds(1), into: &cluster) == .wait)
    #expect(watch.error?.contains("403") == true)
  }

  @Test mutating func `a resource that the cluster may lack is asked for again later`() {
    watch = PartReflector(.inspected(.prometheus), seed: 1)
    _ = watch.tick(.zero)
    watch.responded(404, .zero)
    #expect(watch.ended(.zero, into: &cluster) == .wait)
    #expect(watch.isListed && watch.error == nil)
    #expect(watch.nextWakeup == .seconds(30))
  }

  @Test mutating func `workloads of two kinds do not replace each other`() throws {
    func workload(_ kind: String) -> String {
      #"{"metadata":{"name":"rancher-monitoring-\#(kind)","namespace":"cattle-monitoring-system"}}"#
    }
    for (kind, name) in [(VerifyKind.prometheus, "prometheus"), (.monitoringDeployment, "grafana")] {
      watch = PartReflector(.inspected(kind), seed: 1)
      _ = watch.tick(.zero)
      watch.responded(200, .zero)
      _ = receive(#"{"metadata":{"resourceVersion":"5"},"items":[\#(workload(name))]}"#)
      _ = watch.ended(.zero, into: &cluster)
    }
    #expect(
      cluster.extraFacts.workloads.map(\.name) == ["rancher-monitoring-grafana", "rancher-monitoring-prometheus"])
  }
}
