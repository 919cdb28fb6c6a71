import Foundation
import TestSupport
import Testing

@testable import Platform

/// Fails every system call of a whole run once, with each documented error, one run for each.
@Suite struct `Failing system calls of the server` {
  /// Three clients, and one long after them: accepting, handshakes, requests, responses, closing.
  static func crowd(_ kernel: SimulatedKernel, _ tlsContext: ClientContext) -> [SimulatedClient] {
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
    let calm = try SimulatedRun(seed: 7, crowd: Self.crowd)
    #expect(calm.flaws.isEmpty && calm.clients.allSatisfy(\.isSatisfied), "\(calm.flaws) \(calm.clients)")
    // Before its first wait the server starts.
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
        // A server that cannot start reports it and leaks nothing.
        if run.refusal != nil {
          #expect(place < begun && run.kernel.open.isEmpty, "\(what)")
          continue
        }
        #expect(run.flaws.isEmpty && unharmed.count >= 2 && unharmed.allSatisfy(\.isSatisfied), "\(what)")
        // The client of a lost connection notices at once and not by a timeout.
        let lost = run.clients.filter { $0.wasHit && !$0.isSatisfied }
        #expect(lost.allSatisfy { $0.stay < 1_000_000_000 }, "\(what)")
        // Far more calls than without the fault would be a busy loop.
        #expect(run.kernel.calls.count < 2 * calm.kernel.calls.count + 100, "\(what)")
      }
    }
    #expect(names == Set(Fault.Name.allCases))
    #expect(count > 300)
  }
}
