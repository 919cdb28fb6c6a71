internal import HTTPWire
internal import Logging
internal import Reactor
internal import TLSWire

/// What the connections of a loop use one after the other: buffers that stay warm, and everything they answer with.
final class Workbench {
  let endpoints: Endpoints
  let metrics: LoopMetrics
  let buffer = ReceiveBuffer(capacity: ServerLimits.receiving)
  /// Decrypted bytes of the connection whose turn it is.
  var plaintext: [UInt8] = []
  /// Its answers, not yet encrypted.
  var output: [UInt8] = []
  private(set) var date = HTTPDate(secondsSince1970: 0)
  private var second: Int64 = 0

  init(endpoints: Endpoints) {
    self.endpoints = endpoints
    metrics = endpoints.state.metrics.makeLoop()
  }

  /// Follows the time of day; the text changes once a second.
  func setDate(to second: Int64) {
    guard second != self.second else { return }
    self.second = second
    date = HTTPDate(secondsSince1970: second)
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
  func answer(_ request: borrowing HTTPRequest, over version: ApplicationProtocol) -> HTTPResponse {
    metrics.count(version)
    return endpoints.answer(request, metrics)
  }
}

extension HTTPSession {
  var version: ApplicationProtocol {
    switch self {
    case .http1: .http1
    case .http2: .http2
    }
  }
}
