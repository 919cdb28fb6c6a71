package import ClusterState
internal import Platform

// Blocking requests.
extension KubeClient {
  /// Sends one request and returns its response.
  ///
  /// - Parameters:
  ///   - requestID: No other request may have it.
  ///   - handleOthers: Called with the events of the other requests.
  package func send(
    _ request: APIRequest, as requestID: Int = 0, timeout: Duration = .seconds(30),
    handleOthers: EventHandler = { _, _ in }
  ) throws(KubeError) -> (status: Int, body: [UInt8]) {
    let end = MonotonicInstant.now + timeout
    var status = 0
    var body: [UInt8] = []
    var outcome: Result<Void, KubeError>?
    try begin(request, for: requestID)
    while outcome == nil {
      guard MonotonicInstant.now < end, body.count <= ClientLimits.responseBytes else {
        cancelAndDropConnection(requestID)
        throw KubeError(
          body.count > ClientLimits.responseBytes ? "the response is too large" : "no response within \(timeout)")
      }
      wait(atMost: end - .now) { id, event in
        guard id == requestID else { return handleOthers(id, event) }
        switch event {
        case .responded(let code): status = code
        case .received(let bytes): unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        case .ended: outcome = .success(())
        case .failed(let reason): outcome = .failure(KubeError(reason))
        }
      }
    }
    try outcome?.get()
    return (status, body)
  }

  /// Waits for a duration.
  package func sleep(for duration: Duration) {
    let end = MonotonicInstant.now + duration
    while case let left = end - .now, left > .zero { wait(atMost: left) { _, _ in } }
  }
}
