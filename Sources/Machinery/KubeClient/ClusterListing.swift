package import ClusterState
internal import Reactor

/// Lists what `verify` looks at in a living cluster, again and again over the same connection.
package final class ClusterListing {
  private let client: KubeClient
  private let origin: String

  /// One part's list in a place of its own.
  private final class Page {
    var listing: ResourceListing

    init(_ part: InspectedCluster.Part) {
      listing = ResourceListing(part)
    }
  }

  package init(_ access: ClusterAccess) {
    client = KubeClient(access)
    origin = access.origin
  }

  /// Lists everything at once; a resource that the cluster does not know has no objects.
  package func list(within patience: Duration = .seconds(60)) throws(KubeError) -> InspectedCluster {
    let pages = InspectedCluster.parts.map(Page.init)
    var cluster = InspectedCluster()
    var failure: String?
    var open = Set(pages.indices)
    let end = Moment.now + patience
    defer { for index in open { client.cancel(index) } }
    for index in pages.indices { try client.begin(pages[index].listing.firstRequest, for: index) }

    while !open.isEmpty, failure == nil {
      guard Moment.now < end else { throw KubeError("\(origin): the cluster was not listed within \(patience)") }
      var next: [Int: APIRequest] = [:]
      client.wait(atMost: end - .now) { owner, event in
        switch event {
        case .responded(let code): pages[owner].listing.responded(code)
        case .received(let bytes): pages[owner].listing.received(bytes, into: &cluster)
        case .failed(let reason): failure = reason
        case .ended:
          switch pages[owner].listing.ended() {
          case .request(let request): next[owner] = request
          case .done: open.remove(owner)
          case .failed(let reason): failure = reason
          }
        }
      }
      for (owner, request) in next { try client.begin(request, for: owner) }
    }
    if let failure { throw KubeError("\(origin): \(failure)") }
    return cluster
  }
}
