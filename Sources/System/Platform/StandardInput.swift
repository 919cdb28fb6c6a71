internal import Glibc

/// The process's standard input, for answers to questions.
public enum StandardInput {
  /// Whether a person can answer.
  public static var isTerminal: Bool { isatty(0) == 1 }

  /// Returns the next line without its end; nil at the end of the input.
  public static func readLine() throws(FileError) -> String? {
    var line: [UInt8] = []
    do throws(Errno) {
      let input = Descriptor(owning: try Syscalls.duplicate(0))
      // Byte by byte, so that nothing of the next line is taken.
      while case .processed(let byte) = try input.read(atMost: 1), let byte = byte.first {
        if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
        line.append(byte)
      }
    } catch {
      throw FileError("standard input", error.description)
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }
}
