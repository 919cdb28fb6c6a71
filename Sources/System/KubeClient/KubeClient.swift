internal import CCurl
package import ClusterState
internal import Platform

/// Performs requests to one API server: any number at a time, over one connection if the server supports HTTP/2. A request
/// whose events are frequent may have a connection of its own.
///
/// It belongs to one thread and works only within ``wait(atMost:_:)``.
package final class KubeClient {
  package typealias EventHandler = (_ requestID: Int, borrowing TransferEvent) -> Void

  private let access: ClusterAccess
  private let credentials: CredentialProvider
  private let poller: Poller
  /// The first is shared; each of the others belongs to the requests with one ID.
  private var pools: [ConnectionPool]
  private var ownPools: [Int: ConnectionPool] = [:]
  private var transfers: [Int: Transfer] = [:]
  /// The IDs of requests whose last connection delivered nothing.
  private var needsFreshConnection: Set<Int> = []
  /// The event handler of the current wait.
  private var eventHandler: EventHandler?

  private static let library: Void = {
    Signals.ignoreBrokenPipes()
    curl_global_init(Int(CURL_GLOBAL_DEFAULT))
  }()

  package init(_ access: ClusterAccess) {
    _ = Self.library
    guard let poller = try? Poller(batch: 64) else { preconditionFailure("epoll fails here only without memory") }
    self.access = access
    credentials = CredentialProvider(access)
    self.poller = poller
    pools = [ConnectionPool(poller, index: 0)]
  }

  deinit {
    for transfer in transfers.values { transfer.pool.remove(transfer) }
  }

  /// Starts a request.
  ///
  /// - Parameters:
  ///   - requestID: Chosen by the caller, and free again when the request has ended.
  ///   - onOwnConnection: Whether the connection is shared by requests with this ID only.
  package func begin(
    _ request: APIRequest, for requestID: Int, onOwnConnection: Bool = false
  ) throws(KubeError) {
    precondition(transfers[requestID] == nil, "a request ID is in use once at a time")
    let transfer = Transfer(
      request, to: access, try credentials.load(), requestID: requestID, client: self,
      pool: onOwnConnection ? ownPool(of: requestID) : pools[0])
    if needsFreshConnection.remove(requestID) != nil { transfer.forceFreshConnection() }
    transfers[requestID] = transfer
    transfer.pool.add(transfer)
  }

  private func ownPool(of requestID: Int) -> ConnectionPool {
    if let pool = ownPools[requestID] { return pool }
    let pool = ConnectionPool(poller, index: pools.count)
    pools.append(pool)
    ownPools[requestID] = pool
    return pool
  }

  /// Cancels a request; no more events follow. May be called from an event handler.
  package func cancel(_ requestID: Int) {
    guard let transfer = transfers.removeValue(forKey: requestID) else { return }
    transfer.isCancelled = true
    // libcurl forbids the removal within its callbacks; there the callback's result ends the transfer.
    if eventHandler == nil { transfer.pool.remove(transfer) } else { cancelledTransfers.append(transfer) }
  }

  /// Cancels a request and opens a new connection for the next one with this ID, because its connection is dead.
  package func cancelAndDropConnection(_ requestID: Int) {
    cancel(requestID)
    needsFreshConnection.insert(requestID)
  }

  private var cancelledTransfers: [Transfer] = []

  /// Waits for events, up to a timeout, and delivers them.
  package func wait(atMost timeout: Duration, _ eventHandler: EventHandler) {
    withoutActuallyEscaping(eventHandler) { eventHandler in
      self.eventHandler = eventHandler
      waitForSockets(atMost: timeout)
      self.eventHandler = nil
    }
    for transfer in cancelledTransfers { transfer.pool.remove(transfer) }
    cancelledTransfers = []
    for pool in pools {
      while let (transfer, result) = pool.takeFinished() { finish(transfer, result, eventHandler) }
    }
  }

  private func waitForSockets(atMost limit: Duration) {
    let now = MonotonicInstant.now
    let end = now + max(.zero, limit)
    try? poller.wait(until: pools.lazy.compactMap(\.timeout).min().map { min($0, end) } ?? end, from: now) { event in
      pools[Int(event.token.generation)].handle(event)
    }
    let then = MonotonicInstant.now
    for pool in pools { pool.handleTimeout(then) }
  }

  private func finish(_ transfer: Transfer, _ result: CURLcode, _ eventHandler: EventHandler) {
    transfers[transfer.requestID] = nil
    if result == CURLE_OK {
      eventHandler(transfer.requestID, .ended)
    } else {
      eventHandler(transfer.requestID, .failed(transfer.explanation(of: result)))
    }
  }

  /// Discards credentials that the server has rejected; the kubelet or a plugin renews them.
  func renewCredentials(_ rejected: Int) { credentials.renew(rejected) }

  func deliver(_ event: borrowing TransferEvent, for transfer: Transfer) {
    if !transfer.isCancelled { eventHandler?(transfer.requestID, event) }
  }
}
