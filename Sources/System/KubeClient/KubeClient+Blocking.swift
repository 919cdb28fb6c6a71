package import ClusterState
internal import Platform

// Blocking requests.
extension KubeClient {
  /// Sends one request and returns its response.
  ///
  /// - Parameter limit: The maximum body; the API server's objects have at most 3 MiB.
  package func send(
    _ request: APIRequest, timeout: Duration = .seconds(30), limit: Int = 4 * 1024 * 1024
  ) throws(KubeError) -> (status: Int, body: [UInt8]) {
    let requestID = 0
    let end = MonotonicInstant.now + timeout
    var status = 0
    var body: [UInt8] = []
    var outcome: Result<Void, KubeError>?
    try begin(request, for: requestID)
    while outcome == nil {
      guard MonotonicInstant.now < end, body.count <= limit else {
        cancel(requestID)
        throw KubeError(body.count > limit ? "the response is too large" : "no response within \(timeout)")
      }
      wait(atMost: end - .now) { _, event in
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
