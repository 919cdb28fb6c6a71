import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite final class `Log writer with a blocked reader` {
  /// One hundred bytes each.
  private static func line(_ number: Int) -> String {
    let digits = String(number)
    return "\(digits)\(String(repeating: ".", count: 99 - digits.count))\n"
  }

  private static func dropped(_ count: Int) -> String { "lost \(count)\n" }

  private let reading: Descriptor
  private let writing: Descriptor

  init() throws {
    let pipe = try Syscalls.pipe()
    reading = Descriptor(owning: pipe.reading)
    writing = Descriptor(owning: pipe.writing)
  }

  /// Reads until this text has arrived, or for ten seconds without data.
  private func lines(until last: String) throws -> [String] {
    let poller = try Poller(batch: 1)
    try poller.register(reading, as: .init(slot: 0, generation: 0), for: .reading)
    var text = ""
    while !text.hasSuffix(last) {
      var hasCome = false
      try poller.wait(until: .now + .seconds(10)) { _ in hasCome = true }
      guard hasCome, case .processed(let bytes) = try reading.read(atMost: 65_536), !bytes.isEmpty else { break }
      text += String(decoding: bytes, as: UTF8.self)
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)\n" }.dropLast()
  }

  @Test func `lines above the limit are dropped and their number is reported`() throws {
    let queue = try AsyncLogWriter(to: writing.rawValue, limit: 10_000)
    // The writer thread has not started, so a hundred lines fill the queue.
    for number in 1...5_000 { queue.add(Self.line(number), dropNotice: Self.dropped) }
    #expect(queue.dropped == 4_900)
    try queue.start()
    #expect(try lines(until: Self.line(100)) == (1...100).map(Self.line))

    queue.add(Self.line(0), dropNotice: Self.dropped)
    #expect(try lines(until: Self.line(0)) == [Self.dropped(4_900), Self.line(0)])
    queue.add(Self.line(0), dropNotice: Self.dropped)
    #expect(try lines(until: Self.line(0)) == [Self.line(0)], "reported once")
    #expect(queue.dropped == 4_900)
  }

  /// A standard stream is non-blocking if another process that has it open has set O_NONBLOCK.
  @Test(arguments: [0, O_NONBLOCK]) func `a blocked reader delays neither the caller nor the end beyond the timeout`(
    flags: Int32
  ) throws {
    #expect(fcntl(writing.rawValue, F_SETFL, flags) == 0)
    let queue = try AsyncLogWriter(to: writing.rawValue, limit: 1_000_000)
    // Lines are queued until the writer thread starts.
    queue.add(Self.line(1), dropNotice: Self.dropped)
    try queue.start()
    queue.finish(within: .seconds(600))
    #expect(try lines(until: Self.line(1)) == [Self.line(1)])

    // Far more than the pipe holds.
    for number in 1...2_000 { queue.add(Self.line(number), dropNotice: Self.dropped) }
    let begin = MonotonicInstant.now
    queue.finish(within: .milliseconds(50))
    #expect(MonotonicInstant.now - begin >= .milliseconds(50))
    #expect(try lines(until: Self.line(2_000)).count == 2_000)
    queue.finish(within: .seconds(600))
    #expect(queue.dropped == 0)
  }

  @Test func `lines that cannot be written are counted and reported`() throws {
    // Each write to this device fails with ENOSPC.
    let full = Descriptor(owning: try Syscalls.open("/dev/full", flags: O_WRONLY))
    let queue = try AsyncLogWriter(to: full.rawValue, limit: 10_000)
    for number in 1...3 { queue.add(Self.line(number), dropNotice: Self.dropped) }
    try queue.start()
    queue.finish(within: .seconds(600))
    #expect(queue.dropped == 3)

    var reported: [Int] = []
    queue.add(Self.line(4)) { count in
      reported.append(count)
      return Self.dropped(count)
    }
    queue.finish(within: .seconds(600))
    #expect(reported == [3])
    #expect(queue.dropped == 4, "the message about dropped lines is not counted")

    // The notice was not written either.
    try duplicate(full.rawValue, writing.rawValue)
    queue.add(Self.line(5), dropNotice: Self.dropped)
    #expect(try lines(until: Self.line(5)) == [Self.dropped(4), Self.line(5)])
    #expect(queue.dropped == 4)
  }

  @Test func `a partly written line is ended before the next line`() throws {
    Signals.ignoreBrokenPipes()
    let broken = try Syscalls.pipe()
    let out = Descriptor(owning: broken.writing)
    let queue = try AsyncLogWriter(to: out.rawValue, limit: 1_000_000)
    for number in 1...1_000 { queue.add(Self.line(number), dropNotice: Self.dropped) }
    try queue.start()
    // The pipe is full in the middle of a line, and then its reader closes.
    let held = Int(fcntl(out.rawValue, getPipeSize))
    #expect(eventually { Self.bytes(in: broken.reading) == held })
    Syscalls.close(broken.reading)
    queue.finish(within: .seconds(600))
    let whole = held / 100
    #expect(queue.dropped == 1_000 - whole)

    try duplicate(out.rawValue, writing.rawValue)
    queue.add(Self.line(0), dropNotice: Self.dropped)
    #expect(try lines(until: Self.line(0)) == ["\n", Self.dropped(1_000 - whole), Self.line(0)])
    queue.add(Self.line(0), dropNotice: Self.dropped)
    #expect(try lines(until: Self.line(0)) == [Self.line(0)])
  }

  /// F_GETPIPE_SZ (fcntl(2)), which Swift's Glibc overlay lacks.
  private let getPipeSize: Int32 = 1032

  private func duplicate(_ descriptor: Int32, _ other: Int32) throws {
    try #require(dup2(other, descriptor) == descriptor)
  }

  private static func bytes(in pipe: Int32) -> Int {
    var count: Int32 = 0
    return ioctl(pipe, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }
}
