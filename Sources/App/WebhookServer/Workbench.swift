internal import HTTPWire
internal import Logging
internal import Reactor
internal import TLSWire

/// What the connections of a loop share: buffers that stay warm, and everything they answer with. What was received lies
/// in its buffer for all connections of a turn; the other buffers they use one after the other.
final class Workbench {
  let endpoints: Endpoints
  let memory: SharedMemory
  /// The server stops soon: whoever has asked is told to go elsewhere with the answer.
  var isDraining = false
  let metrics: LoopMetrics
  let buffer = ReceiveBuffer(portion: ServerLimits.receiving, portions: ServerLimits.receivesAtOnce)
  /// Decrypted bytes of the connection whose turn it is.
  var plaintext: [UInt8] = []
  /// Its answers, not yet encrypted.
  var output: [UInt8] = []
  var clock = TurnClock()
  /// The answer to whoever asked for the metrics in this turn.
  var metricsPage: HTTPResponse?
  private(set) var date = HTTPDate(secondsSince1970: 0)
  private var second: Int64 = 0

  /// What was last told to the metrics of the memory.
  private var told = (held: 0, refusals: 0)

  init(endpoints: Endpoints, memory: SharedMemory) {
    self.endpoints = endpoints
    self.memory = memory
    metrics = endpoints.state.metrics.makeLoop()
  }

  /// Tells the metrics how the memory has changed.
  func tellOfMemory() {
    let now = (held: memory.held, refusals: memory.refusals)
    if now == told { return }
    metrics.bytesInFlight.add(now.held - told.held)
    metrics.refusedForMemory.add(now.refusals - told.refusals)
    if now.refusals != told.refusals { endpoints.state.metrics.count(.memory) }
    told = now
  }

  /// Follows the time; the text of the date changes once a second.
  func beginTurn() {
    clock.begin(at: .now)
    metricsPage = nil
    let second = WallClock.seconds
    guard second != self.second else { return }
    self.second = second
    date = HTTPDate(secondsSince1970: second)
  }

  /// Takes the time of the reviews whose answers are sent now.
  func timeAnswers() {
    let count = clock.takeUntimed()
    if count > 0 { metrics.answering.add(clock.began, .now, times: count) }
  }

  func note(_ failure: TLSFailure) {
    endpoints.state.metrics.handshakeFailures.add(failure.cause)
    endpoints.log.debug("TLS handshake failed", metadata: ["reason": "\(failure)"])
  }

  func note(_ rejection: HTTPRejection) {
    endpoints.state.metrics.rejectedRequests.add("\(rejection)")
    endpoints.state.metrics.count(Limit(rejection))
    endpoints.log.debug("request refused", metadata: ["reason": "\(rejection.explanation)"])
  }

  func note(expired phase: Connection.Phase) {
    endpoints.state.metrics.expiredConnections.add(1)
    endpoints.state.metrics.count(Limit(phase))
  }

  /// Answers a request that came over a protocol.
  func answer(_ request: borrowing HTTPRequest, over version: ApplicationProtocol, from client: String?) -> HTTPResponse
  {
    metrics.count(version)
    return endpoints.answer(request, from: client, on: self)
  }
}
