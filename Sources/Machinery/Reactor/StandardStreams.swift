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
    guard let queue = try? LogQueue(limit: text.utf8.count), (try? queue.start()) != nil else { return write(text) }
    queue.add(text) { _ in "" }
    queue.finish(within: time)
  }
}
