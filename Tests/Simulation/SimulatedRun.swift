import Admission
import Foundation
import Logging
import Rules
import TLSWire
import TestSupport

@testable import Platform
@testable import WebhookServer

/// One run of the event loop on the simulated kernel, from the first connection to the last descriptor.
struct SimulatedRun {
  let seed: UInt64
  let kernel: SimulatedKernel
  let clients: [SimulatedClient]
  let state = ServerState()
  /// Whether the event loop failed to start, due to a fault.
  private(set) var startError: Errno?

  /// Created once: Ed25519, whose signatures have a fixed length, so that a seed always gives the same run.
  static let identity = Result { try Identity() }

  struct Identity: Sendable {
    let folder: TemporaryFolder
    let server: TLSContext
    let client: ClientContext

    init() throws {
      folder = try TemporaryFolder()
      let run = try Program.run(
        "openssl",
        [
          "req", "-x509", "-newkey", "ed25519", "-noenc", "-days", "2", "-set_serial", "1", "-subj", "/CN=simulation",
          "-keyout", folder.path("key"), "-out", folder.path("certificate"),
        ])
      if run.exitCode != 0 { throw OutputTimeout(expected: "a certificate", text: run.errors) }
      server = try TLSContext(
        certificateChain: folder.read("certificate"), privateKey: folder.read("key"), clientCAs: nil)
      client = ClientContext(authority: folder.path("certificate"))
    }
  }

  /// - Parameter makeClients: Creates the clients from the kernel's randomness.
  init(
    seed: UInt64, fault: Fault? = nil, stops: SimulatedKernel.Stop = .whenDone,
    budget: ResourceBudget = ResourceBudget(),
    makeClients: (SimulatedKernel, ClientContext) -> [SimulatedClient]
  ) throws {
    self.seed = seed
    let identity = try Self.identity.get()
    let kernel = SimulatedKernel(seed: seed, fault: fault, stops: stops)
    self.kernel = kernel
    clients = makeClients(kernel, identity.client)
    kernel.clients = clients
    do {
      try Syscalls.$interceptor.withValue({ kernel.intercept($0) }) { try run(identity, budget) }
    } catch let error as Errno {
      startError = error
    }
  }

  private func run(_ identity: Identity, _ budget: ResourceBudget) throws {
    var log = Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() })
    log.logLevel = .critical
    let listener = try SharedListener(on: SocketAddress("127.0.0.1:443") ?? { preconditionFailure() }())
    let commandQueue = try CommandQueue()
    let loop = try EventLoop(
      listeners: [listener], commandQueue: commandQueue, tlsContext: TLSContextStore(identity.server),
      handler: RequestHandler(reviewer: Reviewer(ruleset: Ruleset()), state: state, log: log),
      timeouts: ConnectionTimeouts(),
      budget: budget)
    kernel.whenDone = { commandQueue.enqueue(.shutDownGracefully) }
    defer { kernel.whenDone = {} }
    try loop.run()
  }

  /// The invariants of every run.
  var failures: [String] {
    var failures = clients.compactMap { client in client.failure.map { "\(client.name): \($0)" } }
    if let failure = kernel.failure { failures.append(failure) }
    if !kernel.open.isEmpty { failures.append("open descriptors at the end: \(kernel.open.keys.sorted())") }
    if state.metrics.openConnections != 0 { failures.append("openConnections is not 0 at the end") }
    if state.metrics.bytesInFlight != 0 { failures.append("bytesInFlight is not 0 at the end") }
    return failures
  }

  /// The server's state after a run, for debugging.
  var rejections: [String] {
    state.metrics.rejectedRequests.current.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }
      + state.metrics.limits.current.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }
      + ["\(state.metrics.timedOutConnections.current) expired"]
  }
}
