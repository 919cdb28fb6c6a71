internal import HTTPWire
internal import Logging
internal import Reactor
internal import TLSWire

/// What the connections of a loop use one after the other: buffers that stay warm, and everything they answer with.
final class Workbench {
  let endpoints: Endpoints
  let buffer = ReceiveBuffer(capacity: ServerLimits.receiving)
  /// Decrypted bytes of the connection whose turn it is.
  var plaintext: [UInt8] = []
  /// Its answers, not yet encrypted.
  var output: [UInt8] = []
  private(set) var date = HTTPDate(secondsSince1970: 0)
  private var second: Int64 = 0

  init(endpoints: Endpoints) {
    self.endpoints = endpoints
  }

  /// Follows the time of day; the text changes once a second.
  func setDate(to second: Int64) {
    guard second != self.second else { return }
    self.second = second
    date = HTTPDate(secondsSince1970: second)
  }

  func note(_ failure: TLSFailure) {
    endpoints.state.metrics.failedHandshakes.add(1)
    endpoints.log.debug("TLS handshake failed", metadata: ["reason": "\(failure)"])
  }

  func note(_ rejection: HTTPRejection) {
    endpoints.state.metrics.rejectedRequests.add(1)
    endpoints.log.debug("request refused", metadata: ["reason": "\(rejection.explanation)"])
  }
}
