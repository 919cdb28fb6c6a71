import CLinux
import Foundation

@testable import Platform

/// A failing system call: its index in a run, and the error.
struct Fault: CustomStringConvertible {
  let place: Int
  let errno: Int32

  var description: String { "call \(place) fails: \(Errno(rawValue: errno))" }

  struct Call {
    let name: Name
    let descriptor: Int32?
  }

  enum Name: String, CaseIterable {
    case receive, send, endSending, accept, setOption, wait, readEvent, writeEvent, makePoller, makeEvent, socket
    // Poller operations.
    case register, change, remove

    init?(_ call: SystemCall) {
      switch call {
      case .receive: self = .receive
      case .send: self = .send
      case .endSending: self = .endSending
      case .accept: self = .accept
      case .setOption: self = .setOption
      case .control(_, EPOLL_CTL_ADD, _, _): self = .register
      case .control(_, EPOLL_CTL_MOD, _, _): self = .change
      case .control: self = .remove
      case .wait: self = .wait
      case .read: self = .readEvent
      case .write: self = .writeEvent
      case .makePoller: self = .makePoller
      case .makeEvent: self = .makeEvent
      case .socket: self = .socket
      default: return nil
      }
    }

    /// The errors in the manual page of each call, except those of an invalid use.
    var errors: [Int32] {
      switch self {
      case .receive: [EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOMEM]
      case .send: [EINTR, EAGAIN, ECONNRESET, EPIPE, ETIMEDOUT, ENOBUFS, ENOMEM]
      case .endSending: [ENOTCONN]
      case .accept:
        [
          EINTR, EAGAIN, ECONNABORTED, EPROTO, EPERM, ENETDOWN, EMFILE, ENFILE, ENOBUFS, ENOMEM,
        ]
      case .setOption: [EINVAL, ENOMEM]
      case .register: [ENOMEM, ENOSPC]
      case .change, .remove: [ENOMEM]
      case .wait: [EINTR]
      case .readEvent: [EINTR, EAGAIN]
      case .writeEvent: [EINTR]
      case .makePoller, .makeEvent: [EMFILE, ENFILE, ENOMEM]
      case .socket: [EMFILE, ENFILE, ENOBUFS, ENOMEM]
      }
    }
  }
}

extension SystemCall {
  /// The descriptor whose owner is affected.
  var descriptor: Int32? {
    switch self {
    case .receive(let descriptor, _), .send(let descriptor, _), .endSending(let descriptor),
      .setOption(let descriptor), .control(_, _, let descriptor, _):
      descriptor
    default: nil
    }
  }
}
