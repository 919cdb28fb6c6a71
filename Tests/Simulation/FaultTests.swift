import Foundation
import TestSupport
import Testing

@testable import Platform

/// Every system call of a whole run fails once, in each way that the manual knows, one run for each.
@Suite struct `When a system call fails` {
  /// Three clients and one that comes long after: accepting, handshakes, requests, answers, closing.
  static func crowd(_ kernel: SimulatedKernel, _ tlsContext: ClientContext) -> [SimulatedClient] {
    func client(_ number: Int, isHTTP2: Bool, after seconds: Int64) -> SimulatedClient {
      var exchanges = [Exchange.allowed("\(number)", padding: 0), Exchange.all("\(number)")[0]]
      // The answer to this one ends the connection from the server's side.
      if !isHTTP2 { exchanges.append(.smuggling(size: 100)) }
      return SimulatedClient(
        "client \(number)", .steady,
        http: isHTTP2 ? HTTP2Client(exchanges, depth: 2) : HTTP1Client(exchanges, depth: 1),
        exchangeCount: exchanges.count, arrivesAt: kernel.now + seconds * 1_000_000_000,
        // The first one's answers stop in their middle, so that somebody has to be waited for.
        window: number == 0 ? 150 : 32 * 1024, tlsContext: tlsContext)
    }
    return [
      client(0, isHTTP2: false, after: 0), client(1, isHTTP2: true, after: 0), client(2, isHTTP2: false, after: 30),
    ]
  }

  @Test func `at most its own connection is lost, and the server goes on`() throws {
    let calm = try SimulatedRun(seed: 7, crowd: Self.crowd)
    #expect(calm.flaws.isEmpty && calm.clients.allSatisfy(\.isSatisfied), "\(calm.flaws) \(calm.clients)")
    // Before it waits for the first time, the server begins.
    let begun = try #require(calm.kernel.calls.firstIndex { $0.name == .wait })
    var names: Set<Fault.Name> = []
    var count = 0
    for (place, call) in calm.kernel.calls.enumerated() {
      for error in call.name.errors {
        let fault = Fault(place: place, errno: error)
        let run = try SimulatedRun(seed: 7, fault: fault, crowd: Self.crowd)
        count += 1
        names.insert(call.name)
        let unharmed = run.clients.filter { !$0.wasHit }
        let what = "\(fault) in \(call.name): \(run.flaws) \(run.clients)"
        // A server that cannot begin says so, and leaves nothing behind.
        if run.refusal != nil {
          #expect(place < begun && run.kernel.open.isEmpty, "\(what)")
          continue
        }
        #expect(run.flaws.isEmpty && unharmed.count >= 2 && unharmed.allSatisfy(\.isSatisfied), "\(what)")
        // Whoever is lost learns it at once and not by a deadline.
        let lost = run.clients.filter { $0.wasHit && !$0.isSatisfied }
        #expect(lost.allSatisfy { $0.stay < 1_000_000_000 }, "\(what)")
        // Far more calls than without the fault would be a loop that turns idly.
        #expect(run.kernel.calls.count < 2 * calm.kernel.calls.count + 100, "\(what)")
      }
    }
    #expect(names == Set(Fault.Name.allCases))
    #expect(count > 300)
  }
}
