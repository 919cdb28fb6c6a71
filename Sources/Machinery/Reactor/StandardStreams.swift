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

  /// Writes the last words of a process, as far as somebody takes them: whoever started it has to learn that it ended.
  ///
  /// - Parameter patience: How long nothing may be taken.
  public static func write(_ text: String, patience: Duration) {
    let milliseconds = Int32(patience / .milliseconds(1))
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, (try? Syscalls.waitUntilWritable(2, milliseconds: milliseconds)) == true {
      // What a pipe that can be written takes without waiting (pipe(7), PIPE_BUF).
      var piece = rest.prefix(4096)
      rest = rest[piece.endIndex...]
      guard (try? Syscalls.writeAll(&piece, to: 2)) != nil else { return }
    }
  }
}
