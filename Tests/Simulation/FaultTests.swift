import Foundation
import TestSupport
import Testing

@testable import Platform

/// Fails every system call of a whole run once, with each documented error, one run for each.
@Suite struct `Failing system calls of the server` {
  /// Three clients, and one long after them: accepting, handshakes, requests, responses, closing.
  static func makeClients(_ kernel: SimulatedKernel, _ tlsContext: ClientContext) -> [SimulatedClient] {
    func client(_ number: Int, isHTTP2: Bool, after seconds: Int64) -> SimulatedClient {
      var exchanges = [Exchange.allowed("\(number)", padding: 0), Exchange.all("\(number)")[0]]
      // The server closes the connection with the response to this request.
      if !isHTTP2 { exchanges.append(.smuggling(size: 100)) }
      return SimulatedClient(
        "client \(number)", .steady,
        http: isHTTP2 ? HTTP2Client(exchanges, depth: 2) : HTTP1Client(exchanges, depth: 1),
        exchangeCount: exchanges.count, arrivesAt: kernel.now + seconds * 1_000_000_000,
        // The responses to the first client stop in the middle, so that the server must wait.
        window: number == 0 ? 150 : 32 * 1024, tlsContext: tlsContext)
    }
    return [
      client(0, isHTTP2: false, after: 0), client(1, isHTTP2: true, after: 0), client(2, isHTTP2: false, after: 30),
    ]
  }

  @Test func `a failing call closes at most its own connection`() throws {
    let baseline = try SimulatedRun(seed: 7, makeClients: Self.makeClients)
    #expect(
      baseline.failures.isEmpty && baseline.clients.allSatisfy(\.isSatisfied),
      "\(baseline.failures) \(baseline.clients)")
    // Before its first wait the server starts.
    let firstWait = try #require(baseline.kernel.calls.firstIndex { $0.name == .wait })
    var names: Set<Fault.Name> = []
    var count = 0
    for (place, call) in baseline.kernel.calls.enumerated() {
      for error in call.name.errors {
        let fault = Fault(place: place, errno: error)
        let run = try SimulatedRun(seed: 7, fault: fault, makeClients: Self.makeClients)
        count += 1
        names.insert(call.name)
        let unaffected = run.clients.filter { !$0.wasHit }
        let details = "\(fault) in \(call.name): \(run.failures) \(run.clients)"
        // A server that cannot start reports it and leaks nothing.
        if run.startError != nil {
          #expect(place < firstWait && run.kernel.open.isEmpty, "\(details)")
          continue
        }
        #expect(run.failures.isEmpty && unaffected.count >= 2 && unaffected.allSatisfy(\.isSatisfied), "\(details)")
        // The client of a lost connection notices at once and not by a timeout.
        let lost = run.clients.filter { $0.wasHit && !$0.isSatisfied }
        #expect(lost.allSatisfy { $0.lifetime < 1_000_000_000 }, "\(details)")
        // Far more calls than without the fault would be a busy loop.
        #expect(run.kernel.calls.count < 2 * baseline.kernel.calls.count + 100, "\(details)")
      }
    }
    #expect(names == Set(Fault.Name.allCases))
    #expect(count > 300)
  }
}
