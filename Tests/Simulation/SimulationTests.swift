import Foundation
import TestSupport
import Testing

@testable import Platform
@testable import WebhookServer

/// Runs the event loop on a simulated network; `SIMULATIONS=100000 swift test --filter Simulation` runs more of it, and
/// `SIMULATION_SEED=N` replays one run.
@Suite struct `Simulated network` {
  static var seeds: Range<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["SIMULATION_SEED"].flatMap({ UInt64($0) }) { return seed..<seed + 1 }
    let count = environment["SIMULATIONS"].flatMap { UInt64($0) } ?? 60
    return 1..<count + 1
  }

  /// A single run need not reach what many runs do.
  static var isReplay: Bool { seeds.count == 1 }

  @Test func `every honest client gets every response, and no client gets a wrong one`() throws {
    for seed in Self.seeds {
      let run = try SimulatedRun(seed: seed, makeClients: Self.makeClients)
      var failures = run.failures
      for client in run.clients { failures += client.behaviorFailures }
      #expect(failures.isEmpty, "SIMULATION_SEED=\(seed): \(failures) \(run.clients) \(run.rejections)")
    }
  }

  @Test func `at a low connection limit connections are evicted in any state, except those with a request`() throws {
    var evict = 0
    for seed in Self.seeds {
      var budget = ResourceBudget()
      (budget.maxConnectionsPerLoop, budget.maxConnections) = (2, 2)
      let run = try SimulatedRun(seed: seed, budget: budget, makeClients: Self.makeClients)
      var failures = run.failures
      for client in run.clients where client.wasIgnored && client.isSteady {
        failures.append("\(client.name) got no response to a request that was read")
      }
      #expect(failures.isEmpty, "SIMULATION_SEED=\(seed): \(failures) \(run.clients) \(run.rejections)")
      evict += run.state.metrics.evictedConnections
    }
    #expect(evict > 0 || Self.isReplay)
  }

  @Test func `an immediate stop in any state leaves no descriptor open`() throws {
    for seed in Self.seeds {
      let iteration = Int(seed) % 300
      let run = try SimulatedRun(seed: seed, stops: .atIteration(iteration), makeClients: Self.makeClients)
      #expect(run.failures.isEmpty, "SIMULATION_SEED=\(seed): \(run.failures) \(run.clients) \(run.rejections)")
    }
  }

  @Test func `requests that arrived before shutdown get their responses`() throws {
    for seed in Self.seeds {
      // Sometimes more than one poll returns.
      let count = seed % 30 == 0 ? ServerLimits.maxEventsPerPoll + 20 : 1 + Int(seed % 6)
      let run = try SimulatedRun(seed: seed, stops: .withLastRequests) { kernel, tlsContext in
        (0..<count).map {
          Self.steady("client \($0)", exchanges: 2, isHTTP2: kernel.chance(50), kernel, tlsContext)
        }
      }
      #expect(run.kernel.requestsAtStop == count)
      let isAnswered = run.failures.isEmpty && run.clients.allSatisfy(\.isSatisfied)
      #expect(isAnswered, "SIMULATION_SEED=\(seed): \(run.failures) \(run.clients)")
    }
  }

  @Test func `connections that arrived before shutdown may send a request`() throws {
    var early = 0
    for seed in Self.seeds {
      let run = try SimulatedRun(seed: seed, stops: .atIteration(Int(seed % 30))) { kernel, tlsContext in
        [Self.steady("client", exchanges: 1, isHTTP2: kernel.chance(50), kernel, tlsContext)]
      }
      #expect(run.failures.isEmpty, "SIMULATION_SEED=\(seed): \(run.failures) \(run.clients)")
      let wasServed = run.clients.allSatisfy { $0.isSatisfied || !$0.hasConnected }
      #expect(wasServed, "SIMULATION_SEED=\(seed): \(run.clients)")
      if run.kernel.stoppedEarly, run.clients[0].isSatisfied { early += 1 }
    }
    #expect(early > Self.seeds.count / 4 || Self.isReplay)
  }

  @Test(arguments: [false, true]) func `an event loop busy-polls for one sequential client and not for four`(
    isHTTP2: Bool
  ) throws {
    func zeroTimeoutPolls(clients: Int) throws -> Int {
      let run = try SimulatedRun(seed: 1) { kernel, tlsContext in
        (0..<clients).map { Self.steady("client \($0)", exchanges: 40, isHTTP2: isHTTP2, kernel, tlsContext) }
      }
      #expect(run.failures.isEmpty && run.clients.allSatisfy(\.isSatisfied), "\(run.failures) \(run.clients)")
      return run.kernel.zeroTimeoutPolls
    }
    #expect(try zeroTimeoutPolls(clients: 1) > 20)
    #expect(try zeroTimeoutPolls(clients: 4) == 0)
  }

  @Test func `more input than the receive buffer holds is processed within the iteration`() throws {
    var most = 0
    for seed in Self.seeds.prefix(6) {
      let run = try SimulatedRun(seed: seed) { kernel, tlsContext in
        (0..<40).map { Self.steady("client \($0)", exchanges: 3, isLarge: true, isHTTP2: false, kernel, tlsContext) }
      }
      let isAnswered = run.failures.isEmpty && run.clients.allSatisfy(\.isSatisfied)
      #expect(isAnswered, "SIMULATION_SEED=\(seed): \(run.failures) \(run.clients)")
      most = max(most, run.kernel.maxBytesPerIteration)
    }
    #expect(most > ServerLimits.receiveChunkSize * ServerLimits.receiveChunks || Self.isReplay)
  }

  /// Sends one request after the other as soon as possible.
  private static func steady(
    _ name: String, exchanges: Int, isLarge: Bool = false, isHTTP2: Bool, _ kernel: SimulatedKernel,
    _ tlsContext: ClientContext
  ) -> SimulatedClient {
    let exchanges = (0..<exchanges).map { Exchange.allowed("\(name) \($0)", padding: isLarge ? 60_000 : 0) }
    return SimulatedClient(
      name, .steady, http: isHTTP2 ? HTTP2Client(exchanges, depth: 1) : HTTP1Client(exchanges, depth: 1),
      exchangeCount: exchanges.count, arrivesAt: kernel.now, window: 128 * 1024, tlsContext: tlsContext)
  }

  @Test func `the same seed gives the same run`() throws {
    let runs = try (0..<2).map { _ in try SimulatedRun(seed: 20_261_124, makeClients: Self.makeClients) }
    #expect(runs[0].kernel.calls.map(\.name) == runs[1].kernel.calls.map(\.name))
    #expect(runs[0].kernel.now == runs[1].kernel.now)
    let other = try SimulatedRun(seed: 20_261_125, makeClients: Self.makeClients)
    #expect(other.kernel.calls.map(\.name) != runs[0].kernel.calls.map(\.name))
  }

  static func makeClients(_ kernel: SimulatedKernel, _ tlsContext: ClientContext) -> [SimulatedClient] {
    (0..<Int.random(in: 2...7, using: &kernel.random)).map { number in
      let behavior: SimulatedClient.Behavior =
        switch number == 0 ? 0 : Int.random(in: 0..<8, using: &kernel.random) {
        case 0, 1, 2: .steady
        case 3: .slow(gap: Int64.random(in: 1_000_000...3_000_000_000, using: &kernel.random))
        case 4: .resets(after: Int.random(in: 0...4_000, using: &kernel.random))
        case 5: .stalls(after: Int.random(in: 0...70_000, using: &kernel.random))
        case 6: .halfCloses
        default: .sendsGarbage
        }
      var exchanges = (0..<Int.random(in: 1...6, using: &kernel.random)).compactMap { exchange in
        Exchange.all("\(number)-\(exchange)").randomElement(using: &kernel.random)
      }
      let depth = Int.random(in: 1...4, using: &kernel.random)
      let isHTTP1 = kernel.chance(50)
      if isHTTP1, kernel.chance(20) { exchanges.append(.smuggling(size: 90_000)) }
      let http: any HTTPClient =
        isHTTP1
        ? HTTP1Client(exchanges, depth: depth) { kernel.secondsOfDay } : HTTP2Client(exchanges, depth: depth)
      return SimulatedClient(
        "client \(number)", behavior, http: http, exchangeCount: exchanges.count,
        arrivesAt: kernel.now + Int64.random(in: 0...5_000_000, using: &kernel.random),
        // With a small capacity every response stops in the middle.
        window: kernel.chance(30) ? Int.random(in: 100...2_000, using: &kernel.random) : 32 * 1024,
        tlsContext: tlsContext)
    }
  }
}

extension SimulatedClient {
  var isSteady: Bool { if case .steady = behavior { true } else { false } }

  /// Failures that a client with this behaviour must not have.
  var behaviorFailures: [String] {
    switch behavior {
    case .steady, .halfCloses:
      if !isSatisfied { return ["\(name) did not get every response"] }
      // A client is not affected by the slowness of others.
      return maxLatency < 1_000_000_000 ? [] : ["\(name) waited for \(maxLatency) ns"]
    case .slow, .resets: return []
    case .stalls, .sendsGarbage:
      // The longest timeout of the server, that of an idle connection, and the time of closing.
      return lifetime <= 160_000_000_000 ? [] : ["\(name) could lifetime for \(lifetime) ns"]
    }
  }
}
