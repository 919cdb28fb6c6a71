internal import HTTPWire
internal import Logging
internal import Platform
internal import TLSWire

/// What the connections of a loop share: buffers that stay warm, and everything they answer with. What was received lies
/// in its buffer for all connections of a turn; the other buffers they use one after the other.
final class EventLoopContext {
  let handler: RequestHandler
  let memory: MemoryBudget
  /// The server stops soon: whoever has asked is told to go elsewhere with the answer.
  var isDraining = false
  let metrics: LoopMetrics
  let buffer = ReceiveBuffer(chunkSize: ServerLimits.receiveChunkSize, chunks: ServerLimits.receiveChunks)
  /// Decrypted bytes of the connection whose turn it is.
  var plaintext: [UInt8] = []
  /// Its answers, not yet encrypted.
  var output: [UInt8] = []
  var clock = ReviewTimer()
  /// The answer to whoever asked for the metrics in this turn.
  var metricsPage: HTTPResponse?
  private(set) var date = HTTPDate(secondsSince1970: 0)
  private var second: Int64 = 0

  /// What was last told to the metrics of the memory.
  private var published = (reservedBytes: 0, rejectionCount: 0)

  init(handler: RequestHandler, memory: MemoryBudget) {
    self.handler = handler
    self.memory = memory
    metrics = handler.state.metrics.makeLoop()
  }

  /// Tells the metrics how the memory has changed.
  func publishMemoryMetrics() {
    let now = (reservedBytes: memory.reservedBytes, rejectionCount: memory.rejectionCount)
    if now == published { return }
    metrics.bytesInFlight.add(now.reservedBytes - published.reservedBytes)
    metrics.memoryRejections.add(now.rejectionCount - published.rejectionCount)
    if now.rejectionCount != published.rejectionCount { handler.state.metrics.count(.memory) }
    published = now
  }

  /// Follows the time; the text of the date changes once a second.
  func beginIteration() {
    clock.begin(at: .now)
    metricsPage = nil
    let second = WallClock.seconds
    guard second != self.second else { return }
    self.second = second
    date = HTTPDate(secondsSince1970: second)
  }

  /// Takes the time of the reviews whose answers are sent now.
  func recordResponseLatency() {
    let count = clock.takePendingCount()
    if count > 0 { metrics.totalDuration.add(clock.iterationStart, .now, times: count) }
  }

  func record(_ failure: TLSFailure) {
    handler.state.metrics.handshakeFailures.add(failure.cause)
    // A certificate that is not accepted is a mistake in a configuration; the other reasons are mostly the network's.
    let level: Logger.Level = if case .clientCertificate = failure { .info } else { .debug }
    handler.log.log(level: level, "TLS handshake failed", metadata: ["reason": "\(failure)"])
  }

  func record(_ rejection: HTTPRejection) {
    handler.state.metrics.rejectedRequests.add(rejection.rawValue)
    handler.state.metrics.count(LimitKind(rejection))
    handler.log.debug("request rejected", metadata: ["reason": "\(rejection.explanation)"])
  }

  func record(expired phase: Connection.Phase) {
    handler.state.metrics.timedOutConnections.add(1)
    handler.state.metrics.count(LimitKind(phase))
  }

  /// Answers a request that came over a protocol.
  func respond(to request: borrowing HTTPRequest, over version: ApplicationProtocol, from client: String?)
    -> HTTPResponse
  {
    metrics.count(version)
    return handler.respond(to: request, from: client, on: self)
  }
}
