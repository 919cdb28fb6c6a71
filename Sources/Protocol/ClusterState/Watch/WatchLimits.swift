/// Every limit of lists and watches, with its reason.
package enum WatchLimits {
  /// The objects per page of a list, as in kubectl and client-go.
  static let pageObjects = 500

  /// The maximum size of one object in a list or an event, in bytes.
  ///
  /// etcd accepts 1.5 MiB in one request and the API server 3 MiB in one body; an event adds a few bytes to its object.
  static let objectBytes = 4 * 1024 * 1024

  /// The maximum bytes to buffer of an error response, for its message; a Status has a few hundred.
  static let errorResponseBytes = 4 * 1024

  /// The maximum bytes of a discovery document; that of networking.k8s.io/v1 has 3 KiB.
  static let discoveryBytes = 256 * 1024

  /// The timeout of a response that stops arriving: the API server itself aborts a request after a minute
  /// (--request-timeout).
  static let listIdleTimeout: Duration = .seconds(60)

  /// The time by which the end of a watch may be late.
  static let watchGracePeriod: Duration = .seconds(15)

  /// The duration of the first watch after a failure. Its orderly end proves that no change was missed, so reviews are
  /// decided again this long after the API server recovers; `timeoutSeconds` allows no less than a second.
  static let probeWatchTimeout: Duration = .seconds(1)

  /// The interval between checks for a kind that is not installed.
  static let absenceRecheckInterval: Duration = .seconds(30)

  /// The minimum interval between two watches of a kind, for a server that ends each at once.
  static let minWatchInterval: Duration = .seconds(1)

  /// The first and the longest delay after an error that the same request will get again, such as 403.
  static let backoffRange: ClosedRange<Duration> = .seconds(1) ... .seconds(30)

  /// The same for an API server that does not respond, or responds with 429 or 5xx. An attempt costs it five connections
  /// for all kinds; an outage ends with the first successful attempt.
  static let outagePauses: ClosedRange<Duration> = .seconds(1) ... .seconds(2)

  /// The minimum configurable staleness: a watch must end and restart well within it.
  package static let minimumStaleness: Duration = .seconds(10)
}
