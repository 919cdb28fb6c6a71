internal import ChangeExecution
internal import Platform

/// A question at the terminal, before the first write.
enum Question {
  /// Asks, and returns whether the answer is yes; a closed terminal means no.
  ///
  /// - Parameter format: That of standard output: the events are there where a program reads them.
  static func isConfirmed(_ question: String, _ format: ReportFormat) throws(ChangeStop) -> Bool {
    do throws(FileError) {
      try write("\n\(question) [y/N] ", format)
      guard let line = try StandardInput.readLine() else {
        // The terminal shows no end of line for Ctrl-D.
        try write("\n", format)
        return false
      }
      let words = line.lowercased().split(whereSeparator: \.isWhitespace)
      return words == ["y"] || words == ["yes"]
    } catch {
      throw .unavailable(error.description, advice: [])
    }
  }

  private static func write(_ text: String, _ format: ReportFormat) throws(FileError) {
    switch format {
    case .text: try StandardOutput.write(text)
    case .json: StandardError.write(text)
    }
  }
}
