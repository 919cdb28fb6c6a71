package import ClusterState
internal import Platform

// Blocking requests.
extension KubeClient {
  /// Sends one request and returns its response.
  ///
  /// - Parameter limit: The maximum body; the API server's objects have at most 3 MiB.
  package func exchange(
    _ request: APIRequest, within timeout: Duration = .seconds(30), limit: Int = 4 * 1024 * 1024
  ) throws(KubeError) -> (status: Int, body: [UInt8]) {
    let owner = 0
    let end = MonotonicInstant.now + timeout
    var status = 0
    var body: [UInt8] = []
    var outcome: Result<Void, KubeError>?
    try begin(request, for: owner)
    while outcome == nil {
      guard MonotonicInstant.now < end, body.count <= limit else {
        cancel(owner)
        throw KubeError(body.count > limit ? "the answer is too long" : "there was no answer within \(timeout)")
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
  package func pause(for duration: Duration) {
    let end = MonotonicInstant.now + duration
    while case let left = end - .now, left > .zero { wait(atMost: left) { _, _ in } }
  }
}
