package import ClusterState
internal import Platform

/// Lists the objects for `verify` in a live cluster, repeatedly over one connection.
package final class VerifyLister {
  private let client: KubeClient
  private let origin: String

  /// One part's list, by reference.
  private final class PendingList {
    var listing: PagedList

    init(_ part: VerifySnapshot.Part) {
      listing = PagedList(part)
    }
  }

  package init(_ access: ClusterAccess) {
    client = KubeClient(access)
    origin = access.origin
  }

  /// Lists all parts concurrently; an optional resource that the cluster lacks has no objects.
  package func list(within timeout: Duration = .seconds(60)) throws(KubeError) -> VerifySnapshot {
    let pendingLists = VerifySnapshot.parts.map(PendingList.init)
    var cluster = VerifySnapshot()
    var failure: String?
    var open = Set(pendingLists.indices)
    let end = MonotonicInstant.now + timeout
    defer { for index in open { client.cancel(index) } }
    for index in pendingLists.indices { try client.begin(pendingLists[index].listing.firstRequest, for: index) }

    while !open.isEmpty, failure == nil {
      guard MonotonicInstant.now < end else {
        throw KubeError("\(origin): the cluster was not listed within \(timeout)")
      }
      var next: [Int: APIRequest] = [:]
      client.wait(atMost: end - .now) { requestID, event in
        switch event {
        case .responded(let code): pendingLists[requestID].listing.responded(code)
        case .received(let bytes): pendingLists[requestID].listing.received(bytes, into: &cluster)
        case .failed(let reason): failure = reason
        case .ended:
          switch pendingLists[requestID].listing.ended() {
          case .request(let request): next[requestID] = request
          case .done: open.remove(requestID)
          case .failed(let reason): failure = reason
          }
        }
      }
      for (requestID, request) in next { try client.begin(request, for: requestID) }
    }
    if let failure { throw KubeError("\(origin): \(failure)") }
    guard cluster.hasNodes else { throw KubeError("\(origin): the server has no nodes; is the path of its URL right?") }
    return cluster
  }
}
