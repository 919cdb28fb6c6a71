internal import CCurl
internal import Platform

/// The sockets that libcurl waits for, and its next timeout. libcurl reports changes of both through callbacks, so one wait
/// returns exactly the sockets with an event, however many requests are in progress.
///
/// <https://curl.se/libcurl/c/curl_multi_socket_action.html>
@safe final class SocketEvents {
  private let poller: Poller
  /// When libcurl has something to do without an event of a socket; nil for never.
  private var timeout: MonotonicInstant?

  init() throws(Errno) {
    poller = try Poller(batch: 64)
  }

  /// Registers the callbacks. The handle must not outlive this object.
  func attach(to multi: UnsafeMutableRawPointer) {
    let myself = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe CCurl_set_multi_receivers(
      multi,
      { _, socket, change, events, _ in
        unsafe SocketEvents.of(events).update(socket, change)
        return 0
      },
      { _, milliseconds, events in
        unsafe SocketEvents.of(events).setTimeout(milliseconds)
        return 0
      }, myself)
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> SocketEvents {
    guard let pointer = unsafe pointer else { preconditionFailure("attach(to:) sets the pointer") }
    // Sound: unowned in libcurl; the owner of both frees the handle first.
    return unsafe Unmanaged<SocketEvents>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// The kernel forgets a closed descriptor by itself, and its number is used again, so the registration may be another
  /// than the one that is known. One that fails, for lack of memory, ends at the idle deadline of its requests.
  private func update(_ socket: Int32, _ change: Int32) {
    guard let interest = Poller.Interest(libcurl: change) else {
      try? poller.remove(unowned: socket)
      return
    }
    let token = Poller.Token(slot: UInt32(bitPattern: socket), generation: 0)
    do throws(Errno) {
      try poller.change(unowned: socket, as: token, to: interest)
    } catch {
      try? poller.register(unowned: socket, as: token, for: interest)
    }
  }

  private func setTimeout(_ milliseconds: Int) {
    timeout = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
  }

  /// Waits for events, up to a duration, and passes each to libcurl.
  func wait(atMost limit: Duration, _ multi: UnsafeMutableRawPointer) {
    let now = MonotonicInstant.now
    let end = now + max(.zero, limit)
    var running: Int32 = 0
    try? poller.wait(until: timeout.map { min($0, end) } ?? end, from: now) { event in
      let flags = (event.isReadable ? CURL_CSELECT_IN : 0) | (event.isWritable ? CURL_CSELECT_OUT : 0)
      unsafe curl_multi_socket_action(multi, Int32(bitPattern: event.token.slot), flags, &running)
    }
    if let timeout, timeout <= .now {
      self.timeout = nil
      unsafe curl_multi_socket_action(multi, CCurl_socket_timeout, 0, &running)
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
