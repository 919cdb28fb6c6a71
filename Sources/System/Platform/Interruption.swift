internal import Glibc

/// The end of a command by Ctrl-C or SIGTERM, which may come at any moment.
public enum Interruption {
  /// Starts a thread that waits for a signal, writes the last words to standard error, and ends the process.
  ///
  /// Called before any other thread starts, so that no thread receives the signals.
  public static func handle(exitCode: Int32, lastWords: @escaping @Sendable () -> String) throws {
    let source = Source(try Signals())
    try Thread.start(named: "signals") {
      source.wait()
      StandardError.write(lastWords())
      _exit(exitCode)
    }
  }

  private final class Source: Sendable {
    private let signals: Signals

    init(_ signals: consuming Signals) {
      self.signals = signals
    }

    /// Returns when a signal has arrived, or cannot be waited for.
    func wait() {
      guard let poller = try? Poller(batch: 1),
        (try? poller.register(signals.descriptor, as: Poller.Token(slot: 0, generation: 0), for: .reading)) != nil
      else { return }
      var hasSignal = false
      while !hasSignal {
        try? poller.wait(until: .now + .seconds(3600)) { _ in hasSignal = true }
      }
    }
  }
}
