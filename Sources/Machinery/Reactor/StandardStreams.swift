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
}
