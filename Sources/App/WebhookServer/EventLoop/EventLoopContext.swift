internal import HTTPWire
internal import Logging
internal import Platform
internal import TLSWire

/// What the connections of an event loop share: buffers that keep their capacity, the request handler and the metrics.
/// The received bytes of all connections stay in `buffer` for the iteration; the connections use the other buffers one
/// after the other.
final class EventLoopContext {
  let handler: RequestHandler
  let memory: MemoryBudget
  /// The server stops soon: each response makes its client reconnect elsewhere.
  var isDraining = false
  let metrics: LoopMetrics
  let buffer = ReceiveBuffer(chunkSize: ServerLimits.receiveChunkSize, chunks: ServerLimits.receiveChunks)
  /// The decrypted bytes of the connection being processed.
  var plaintext: [UInt8] = []
  /// Its responses, not yet encrypted.
  var output: [UInt8] = []
  var reviewTimer = ReviewTimer()
  /// The body of /metrics, cached for one iteration.
  var cachedMetrics: HTTPResponse?
  private(set) var date = HTTPDate(secondsSince1970: 0)
  private var second: Int64 = 0

  /// The state of `memory` at the last call of `publishMemoryMetrics`.
  private var published = (reservedBytes: 0, rejectionCount: 0)

  init(handler: RequestHandler, memory: MemoryBudget) {
    self.handler = handler
    self.memory = memory
    metrics = handler.state.metrics.makeLoop()
  }

  /// Adds the changes of `memory` since the last call to the metrics.
  func publishMemoryMetrics() {
    let now = (reservedBytes: memory.reservedBytes, rejectionCount: memory.rejectionCount)
    if now == published { return }
    metrics.bytesInFlight.add(now.reservedBytes - published.reservedBytes)
    metrics.memoryRejections.add(now.rejectionCount - published.rejectionCount)
    if now.rejectionCount != published.rejectionCount { handler.state.metrics.count(.memory) }
    published = now
  }

  /// Reads the clock; the text of the date changes once a second.
  func beginIteration() {
    reviewTimer.begin(at: .now)
    cachedMetrics = nil
    let second = WallClock.seconds
    guard second != self.second else { return }
    self.second = second
    date = HTTPDate(secondsSince1970: second)
  }

  /// Records the total duration of the reviews whose responses are sent now.
  func recordResponseLatency() {
    let count = reviewTimer.takePendingCount()
    if count > 0 { metrics.totalDuration.add(reviewTimer.iterationStart, .now, times: count) }
  }

  func record(_ failure: TLSFailure) {
    handler.state.metrics.handshakeFailures.add(failure.cause)
    // A certificate that is rejected is a configuration error; the other causes are mostly the network's.
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

  /// Returns the response to a request and counts it by protocol.
  func respond(to request: borrowing HTTPRequest, over version: ApplicationProtocol, from client: String?)
    -> HTTPResponse
  {
    metrics.count(version)
    return handler.respond(to: request, from: client, on: self)
  }
}
