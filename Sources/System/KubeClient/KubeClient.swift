internal import CCurl
package import ClusterState
internal import Platform

/// Performs requests to one API server: any number at a time, over one connection if the server supports HTTP/2.
///
/// It belongs to one thread and works only within ``wait(atMost:_:)``.
@safe package final class KubeClient {
  package typealias EventHandler = (_ requestID: Int, borrowing TransferEvent) -> Void

  /// Owned: freed in `deinit`, after all transfers are removed from it.
  private let multi: UnsafeMutableRawPointer
  private let events: SocketEvents
  private let access: ClusterAccess
  private let credentials: CredentialProvider
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
    guard let multi = unsafe curl_multi_init() else { preconditionFailure("libcurl fails here only without memory") }
    guard let events = try? SocketEvents() else { preconditionFailure("epoll fails here only without memory") }
    unsafe self.multi = multi
    self.events = events
    unsafe events.attach(to: multi)
    self.access = access
    credentials = CredentialProvider(access)
  }

  deinit {
    for transfer in transfers.values { unsafe curl_multi_remove_handle(multi, transfer.easy) }
    unsafe curl_multi_cleanup(multi)
  }

  /// Starts a request. The caller chooses its ID, which may be used again when the request has ended.
  package func begin(_ request: APIRequest, for requestID: Int) throws(KubeError) {
    precondition(transfers[requestID] == nil, "a request ID is in use once at a time")
    let transfer = Transfer(request, to: access, try credentials.load(), requestID: requestID, client: self)
    if needsFreshConnection.remove(requestID) != nil { transfer.forceFreshConnection() }
    transfers[requestID] = transfer
    unsafe curl_multi_add_handle(multi, transfer.easy)
  }

  /// Cancels a request; no more events follow. May be called from an event handler.
  package func cancel(_ requestID: Int) {
    guard let transfer = transfers.removeValue(forKey: requestID) else { return }
    transfer.isCancelled = true
    // libcurl forbids the removal within its callbacks; there the callback's result ends the transfer.
    if eventHandler == nil { remove(transfer) } else { cancelledTransfers.append(transfer) }
  }

  /// Cancels a request and opens a new connection for the next one with this ID, because its connection is dead.
  package func cancelAndDropConnection(_ requestID: Int) {
    cancel(requestID)
    needsFreshConnection.insert(requestID)
  }

  private var cancelledTransfers: [Transfer] = []

  private func remove(_ transfer: Transfer) {
    unsafe curl_multi_remove_handle(multi, transfer.easy)
  }

  /// Waits for events, up to a timeout, and delivers them.
  package func wait(atMost timeout: Duration, _ eventHandler: EventHandler) {
    withoutActuallyEscaping(eventHandler) { eventHandler in
      self.eventHandler = eventHandler
      unsafe events.wait(atMost: timeout, multi)
      self.eventHandler = nil
    }
    for transfer in cancelledTransfers { remove(transfer) }
    cancelledTransfers = []
    finish(eventHandler)
  }

  /// Discards credentials that the server has rejected; the kubelet or a plugin renews them.
  func renewCredentials() { credentials.renew() }

  func deliver(_ event: borrowing TransferEvent, for transfer: Transfer) {
    if !transfer.isCancelled { eventHandler?(transfer.requestID, event) }
  }

  /// Removes finished transfers and delivers their results.
  private func finish(_ eventHandler: EventHandler) {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
      // Sound: the message is valid until the next call to libcurl with this handle, and read before.
      let result = unsafe CCurl_result(message)
      var pointer = unsafe UnsafeMutableRawPointer?.none
      unsafe CCurl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &pointer)
      let transfer = unsafe Transfer.of(pointer)
      transfers[transfer.requestID] = nil
      remove(transfer)
      if result == CURLE_OK {
        eventHandler(transfer.requestID, .ended)
      } else {
        eventHandler(transfer.requestID, .failed(transfer.explanation(of: result)))
      }
    }
  }
}
