/// The process's standard output, for results.
public enum StandardOutput {
  /// Writes a text unbuffered, so that it appears at once.
  public static func write(_ text: String) throws(FileError) {
    do throws(Errno) {
      try Syscalls.writeWhole(1, Array(text.utf8))
    } catch {
      throw FileError("standard output", error.description)
    }
  }
}

/// The process's standard error, for logs.
public enum StandardError {
  /// Writes one line; a line that cannot be written is dropped without an error.
  public static func write(_ line: String) {
    try? Syscalls.writeWhole(2, Array(line.utf8))
  }

  /// Writes the last message of a process, which must exit even if its output blocks.
  public static func write(_ text: String, within time: Duration) {
    Signals.ignoreBrokenPipes()
    guard let queue = try? AsyncLogWriter(limit: text.utf8.count), (try? queue.start()) != nil else {
      return writeWithoutThread(text, timeout: time)
    }
    queue.add(text) { _ in "" }
    queue.finish(within: time)
  }

  /// Writes without a thread and a descriptor for it: their exhaustion may be the error to report.
  private static func writeWithoutThread(_ text: String, timeout time: Duration) {
    let end = MonotonicInstant.now + time
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, end > .now {
      let milliseconds = Int32(clamping: (end - .now).nanoseconds / 1_000_000 + 1)
      guard (try? Syscalls.waitUntilWritable(2, milliseconds: milliseconds)) == true else { return }
      // A writable pipe accepts this many bytes without blocking (pipe(7), PIPE_BUF).
      var piece = rest.prefix(4096)
      rest = rest[piece.endIndex...]
      guard (try? Syscalls.writeAll(&piece, to: 2)) != nil else { return }
    }
  }
}
