/// Every bound of the client, with its reason.
enum ClientLimits {
  /// TCP and TLS take a few round trips; a server that needs longer is overloaded or not there.
  static let secondsToConnect = 10

  /// A connection over which nothing came for so long is probed, and again after the interval. Many firewalls forget
  /// idle connections after a minute or more.
  static let secondsBeforeProbe = 15
  static let secondsBetweenProbes = 5

  /// A connection whose probes or requests nobody acknowledges for so long is dead. Well below the staleness at which a
  /// kind stops counting as known, so that there is time for another connection.
  static let millisecondsUnacknowledged: Int32 = 30_000
}
