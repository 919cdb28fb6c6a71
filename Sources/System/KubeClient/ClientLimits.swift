/// Every limit of the client, with its reason.
enum ClientLimits {
  /// TCP and TLS need a few round trips; a slower server is overloaded or missing.
  static let secondsToConnect = 10

  /// The time without data after which a connection is probed, and the interval between probes. Many firewalls drop
  /// idle connections after a minute or more.
  static let secondsBeforeProbe = 15
  static let secondsBetweenProbes = 5

  /// The time without acknowledgement after which a connection is dead. Well below the staleness limit of a kind, which
  /// leaves time for another connection.
  static let millisecondsUnacknowledged: Int32 = 30_000

  /// The maximum body of a response that is read whole; the API server's objects have at most 3 MiB.
  static let responseBytes = 4 * 1024 * 1024
}
