internal import CCurl
internal import Platform

/// The connections that some requests share: a multi handle of libcurl, and its next timeout.
///
/// libcurl reports the sockets and the timeout that it waits for through callbacks, so a wait returns exactly the sockets
/// with an event. An event of a connection costs one read for each request on it.
///
/// <https://curl.se/libcurl/c/curl_multi_socket_action.html>
@safe final class ConnectionPool {
  /// Owned: freed in `deinit`, after all transfers are removed from it.
  private let multi: UnsafeMutableRawPointer
  private let poller: Poller
  /// The generation of the tokens, which tells the pools of a poller apart.
  private let index: UInt32
  /// When libcurl has something to do without an event of a socket; nil for never.
  private(set) var timeout: MonotonicInstant?
  /// Whether a transfer may have finished since the last look.
  private var hasActed = false

  init(_ poller: Poller, index: Int) {
    guard let multi = unsafe curl_multi_init() else { preconditionFailure("libcurl fails here only without memory") }
    unsafe self.multi = multi
    self.poller = poller
    self.index = UInt32(index)
    setCallbacks()
  }

  deinit {
    unsafe curl_multi_cleanup(multi)
  }

  func add(_ transfer: Transfer) {
    unsafe curl_multi_add_handle(multi, transfer.easy)
  }

  func remove(_ transfer: Transfer) {
    unsafe curl_multi_remove_handle(multi, transfer.easy)
  }

  /// Passes an event of one of its sockets to libcurl.
  func handle(_ event: Poller.Event) {
    let flags = (event.isReadable ? CURL_CSELECT_IN : 0) | (event.isWritable ? CURL_CSELECT_OUT : 0)
    act(on: Int32(bitPattern: event.token.slot), flags)
  }

  func handleTimeout(_ now: MonotonicInstant) {
    guard let timeout, timeout <= now else { return }
    self.timeout = nil
    act(on: CCurl_socket_timeout, 0)
  }

  private func act(on socket: Int32, _ flags: Int32) {
    hasActed = true
    var running: Int32 = 0
    unsafe curl_multi_socket_action(multi, socket, flags, &running)
  }

  /// Removes a finished transfer and returns it with its result; nil if none has finished.
  func takeFinished() -> (Transfer, CURLcode)? {
    guard hasActed else { return nil }
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
      // Sound: the message is valid until the next call to libcurl with this handle, and read before.
      let result = unsafe CCurl_result(message)
      var pointer = unsafe UnsafeMutableRawPointer?.none
      unsafe CCurl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &pointer)
      let transfer = unsafe Transfer.of(pointer)
      remove(transfer)
      return (transfer, result)
    }
    hasActed = false
    return nil
  }
}

// What libcurl waits for.
extension ConnectionPool {
  private func setCallbacks() {
    let myself = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe CCurl_set_multi_receivers(
      multi,
      { _, socket, change, pool, _ in
        unsafe ConnectionPool.of(pool).update(socket, change)
        return 0
      },
      { _, milliseconds, pool in
        unsafe ConnectionPool.of(pool).timeout = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
        return 0
      }, myself)
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> ConnectionPool {
    guard let pointer = unsafe pointer else { preconditionFailure("setCallbacks() sets the pointer") }
    // Sound: unowned in libcurl; this object frees the handle.
    return unsafe Unmanaged<ConnectionPool>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// The kernel forgets a closed descriptor by itself, and its number is used again, so the registration may be another
  /// than the one that is known. One that fails, for lack of memory, ends at the idle deadline of its requests.
  private func update(_ socket: Int32, _ change: Int32) {
    guard let interest = Poller.Interest(libcurl: change) else {
      try? poller.remove(unowned: socket)
      return
    }
    let token = Poller.Token(slot: UInt32(bitPattern: socket), generation: index)
    do throws(Errno) {
      try poller.change(unowned: socket, as: token, to: interest)
    } catch {
      try? poller.register(unowned: socket, as: token, for: interest)
    }
  }
}

extension Poller.Interest {
  /// Nil for a socket that is no longer waited for.
  fileprivate init?(libcurl change: Int32) {
    switch change {
    case CURL_POLL_IN: self = .reading
    case CURL_POLL_OUT: self = .writing
    case CURL_POLL_INOUT: self = [.reading, .writing]
    default: return nil
    }
  }
}
