/// Every bound of the watching, with its reason.
package enum WatchLimits {
  /// Objects on one page of a list, as kubectl and client-go ask.
  static let page = 500

  /// The bytes of one object in a list or an event.
  ///
  /// etcd takes 1.5 MiB in one request and the API server 3 MiB in one body; an event adds a few bytes to its object.
  static let object = 4 * 1024 * 1024

  /// The bytes of an answer that is no 200 which are kept for its reason; a Status is a few hundred.
  static let reason = 4 * 1024

  /// The bytes of a discovery document; that of networking.k8s.io/v1 has 3 KiB.
  static let discovery = 256 * 1024

  /// An answer that stops arriving for so long will not arrive any more: the API server itself gives up a request after
  /// a minute (--request-timeout).
  static let listIdleTimeout: Duration = .seconds(60)

  /// What a watch that the server should have ended may be late.
  static let watchGracePeriod: Duration = .seconds(15)

  /// The first watch after a failure. Its orderly end proves that no change was missed, so a review is decided again
  /// this long after the API server is back; a second is the shortest that `timeoutSeconds` can express.
  static let probeWatchTimeout: Duration = .seconds(1)

  /// How often one looks for a kind that is not installed.
  static let notInstalledResync: Duration = .seconds(30)

  /// Between two watches of a kind, should a server end each as soon as it begins.
  static let minWatchInterval: Duration = .seconds(1)

  /// The first and the longest pause after an answer that the same request will get again, such as 403.
  static let backoffRange: ClosedRange<Duration> = .seconds(1) ... .seconds(30)

  /// The same for an API server that does not answer, or answers 429 or 5xx. An attempt costs it one connection for all
  /// kinds; an outage ends when the first attempt after it succeeds.
  static let outagePauses: ClosedRange<Duration> = .seconds(1) ... .seconds(2)

  /// The least staleness that can be asked for: a watch has to end and begin again well within it.
  package static let minimumStaleness: Duration = .seconds(10)
}
