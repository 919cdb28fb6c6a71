package import ChangeExecution
internal import ClusterState
internal import KubeClient
internal import Platform

extension LiveSource {
  /// Returns the cluster for `apply`: requests over one connection, facts that are watched on a thread of their own.
  package func changeCluster() throws -> ChangeCluster {
    let client = KubeClient(access)
    let facts = try makeFactsReader()
    let inspector = VerifyClient(.live(self), watches: true)
    return ChangeCluster(
      exchange: { request throws(Unanswered) in try client.answer(request) },
      facts: facts,
      inspect: { try inspector.fetch() }, elapsed: { MonotonicInstant.now - MonotonicInstant(nanoseconds: 0) },
      pause: { client.sleep(for: $0) }, timestamp: { WallClock.timestamp })
  }
}

extension LiveSource {
  /// Returns the cluster for `verify --reclaim`: requests over one connection, and one list of everything.
  package var reclaimCluster: ReclaimCluster {
    let client = KubeClient(access)
    let inspector = VerifyClient(.live(self))
    return ReclaimCluster(
      exchange: { request throws(Unanswered) in try client.answer(request) }, inspect: { try inspector.fetch() })
  }
}

extension KubeClient {
  /// The API server aborts a request itself after a minute, a webhook's answer included.
  private static let requestTimeout: Duration = .seconds(70)

  fileprivate func answer(_ request: APIRequest) throws(Unanswered) -> APIResponse {
    do throws(KubeError) {
      let (status, body) = try send(request, timeout: Self.requestTimeout)
      return APIResponse(status: status, body: body)
    } catch {
      throw Unanswered(error.description)
    }
  }
}
