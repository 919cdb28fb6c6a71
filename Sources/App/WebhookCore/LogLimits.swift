/// The limits of the log that both servers write.
package enum LogLimits {
  /// The maximum bytes of lines that wait to be read: some thousand reviews.
  package static let bufferBytes = 1024 * 1024

  /// The time that the process waits at its end for the rest of its log to be read.
  package static let flushTimeout: Duration = .seconds(1)
}
