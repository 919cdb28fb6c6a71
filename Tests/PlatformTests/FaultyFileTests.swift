import Foundation
import TestSupport
import Testing

@testable import Platform

/// Fails the n-th call of a test's thread; all others reach the kernel.
private final class FaultInjector: @unchecked Sendable {
  // Sendable: used by the one thread that makes the calls.
  private let place: Int
  private let errno: Int32
  private(set) var count = 0
  private(set) var open = 0

  init(_ place: Int, _ errno: Int32) {
    self.place = place
    self.errno = errno
  }

  func intercept(_ call: SystemCall) -> SystemCall.Interception {
    if case .time = call { return .kernel }
    if case .close = call {
      open -= 1
      return .kernel
    }
    defer { count += 1 }
    if count == place { return .failure(Errno(rawValue: errno)) }
    switch call {
    case .open, .makeWatcher, .makeEvent, .makePoller: open += 1
    default: break
    }
    return .kernel
  }

  /// Runs the body with each call failing once, until a run has fewer calls; returns the result of each run.
  static func everywhere<Value>(_ errno: Int32, _ body: () throws -> Value) -> [Result<Value, any Error>] {
    var results: [Result<Value, any Error>] = []
    while true {
      let fault = FaultInjector(results.count, errno)
      let result = Result { try Syscalls.$interceptor.withValue({ fault.intercept($0) }) { try body() } }
      #expect(fault.open == 0, "call \(results.count) failed with \(errno), and a descriptor is still open")
      if fault.count <= results.count { return results }
      results.append(result)
    }
  }
}

@Suite struct `Failing system calls of files` {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(String(repeating: "0123456789", count: 2_000), to: "file")
    try folder.write("", to: "other")
  }

  @Test(arguments: [EIO, ENOMEM, EMFILE, EACCES, EAGAIN, ESTALE])
  func `a failing call makes reading a file an error, never a partial result`(_ errno: Int32) throws {
    let results = FaultInjector.everywhere(errno) { try File.read(folder.path("file"), limit: 1 << 20) }
    #expect(results.count >= 4)
    for result in results { #expect(throws: FileError.self) { try result.get() } }
  }

  @Test(arguments: [EIO, ENOMEM, EMFILE, EACCES])
  func `a failing call makes listing a folder an error, never a partial result`(_ errno: Int32) throws {
    let results = FaultInjector.everywhere(errno) { try File.names(in: folder.url.path) }
    #expect(results.count == 6, "opening, four entries, the end")
    for result in results { #expect(throws: FileError.self) { try result.get() } }
  }

  @Test(arguments: [EIO, ENOSPC, EMFILE, EACCES])
  func `a failing call makes writing a file an error`(_ errno: Int32) throws {
    let results = FaultInjector.everywhere(errno) { try File.write([1, 2, 3], to: folder.path("written")) }
    #expect(results.count == 2, "opening and writing")
    for result in results { #expect(throws: FileError.self) { try result.get() } }
  }

  @Test func `an interrupted call is repeated`() throws {
    let file = FaultInjector.everywhere(EINTR) { try File.read(folder.path("file"), limit: 1 << 20).count }
    for result in file { #expect(try result.get() == 20_000) }
    let names = FaultInjector.everywhere(EINTR) { try File.names(in: folder.url.path) }
    for result in names { #expect(try result.get() == ["file", "other"]) }
    let written = FaultInjector.everywhere(EINTR) { try File.write([1, 2, 3], to: folder.path("written")) }
    for result in written { #expect(throws: Never.self) { try result.get() } }
    #expect(try folder.read("written") == [1, 2, 3])
  }

  @Test(arguments: [EMFILE, ENFILE, ENOMEM, ENOSPC])
  func `a failing call makes creating a watcher or wakeup an error and leaks no descriptor`(_ errno: Int32) {
    let watchers = FaultInjector.everywhere(errno) {
      let watcher = try FileWatcher()
      try watcher.watch(folder.path("file"))
    }
    #expect(watchers.count == 2)
    for result in watchers { #expect(throws: (any Error).self) { try result.get() } }
    let wakeups = FaultInjector.everywhere(errno) {
      let wakeup = try Wakeup()
      let poller = try Poller(batch: 1)
      try poller.register(wakeup.descriptor, as: .init(slot: 0, generation: 0), for: .reading)
    }
    #expect(wakeups.count == 3)
    for result in wakeups { #expect(throws: (any Error).self) { try result.get() } }
  }

  @Test func `exhausted inotify watches are reported with their limit`() throws {
    let watcher = try FileWatcher()
    let fault = FaultInjector(0, ENOSPC)
    let error = #expect(throws: FileError.self) {
      try Syscalls.$interceptor.withValue({ fault.intercept($0) }) { try watcher.watch(folder.path("file")) }
    }
    #expect(error?.description.contains("fs.inotify.max_user_watches") == true)
    #expect(error?.description.contains("No space") == false)
  }

  @Test func `a failing read of events causes at most one more reload`() throws {
    let watcher = try FileWatcher()
    try watcher.watch(folder.path("file"))
    for errno in [EINTR, EAGAIN, EIO] {
      try folder.write("new", to: "file")
      let first = FaultInjector(0, errno)
      let isPrintable = Syscalls.$interceptor.withValue({ first.intercept($0) }) { watcher.drain() }
      // Bytes that were not consumed remain.
      let isSeenLater = watcher.drain()
      #expect(isPrintable || isSeenLater, "\(errno)")
    }
  }
}
