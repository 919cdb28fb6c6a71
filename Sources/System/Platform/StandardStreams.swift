/// The process's standard output, where answers go.
public enum StandardOutput {
  /// Writes a text as it is, past any buffer: who watches sees it at once.
  public static func write(_ text: String) throws(FileError) {
    do throws(Errno) {
      try Syscalls.writeWhole(1, Array(text.utf8))
    } catch {
      throw FileError("standard output", error.description)
    }
  }
}

/// The process's standard error, where logs go.
public enum StandardError {
  /// Writes one line; a log that cannot be written is lost, not an error.
  public static func write(_ line: String) {
    try? Syscalls.writeWhole(2, Array(line.utf8))
  }

  /// Writes the last words of a process, which has to end though nobody reads them.
  public static func write(_ text: String, within time: Duration) {
    Signals.ignoreBrokenPipes()
    guard let queue = try? AsyncLogWriter(limit: text.utf8.count), (try? queue.start()) != nil else {
      return writeWithoutThread(text, timeout: time)
    }
    queue.add(text) { _ in "" }
    queue.finish(within: time)
  }

  /// Without a thread and a descriptor for it: that there are none left may be what has to be said.
  private static func writeWithoutThread(_ text: String, timeout time: Duration) {
    let end = MonotonicInstant.now + time
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, end > .now {
      let milliseconds = Int32(clamping: (end - .now).nanoseconds / 1_000_000 + 1)
      guard (try? Syscalls.waitUntilWritable(2, milliseconds: milliseconds)) == true else { return }
      // What a pipe that can be written takes without waiting (pipe(7), PIPE_BUF).
      var piece = rest.prefix(4096)
      rest = rest[piece.endIndex...]
      guard (try? Syscalls.writeAll(&piece, to: 2)) != nil else { return }
    }
  }
}
