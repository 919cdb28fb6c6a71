internal import Admission
internal import HTTPWire
internal import Rules
internal import Synchronization
internal import TLSWire

/// The server's metrics and their exposition. Frequent events are counted per event loop, in ``LoopMetrics``; rare ones
/// here.
final class Metrics: Sendable {
  let violations = LabeledCounter(RuleCatalog.rules.map(\.name))
  let warnings = LabeledCounter(RuleCatalog.rules.map(\.name))
  let invalidReviews = Counter()
  let handshakeFailures = LabeledCounter(TLSFailure.causes)
  let rejectedRequests = LabeledCounter(HTTPRejection.allCases.map(\.rawValue))
  let timedOutConnections = Counter()
  let limits = LabeledCounter(LimitKind.allCases.map(\.rawValue))
  let snapshotReloads = Counter()
  let failedSnapshotReloads = Counter()
  let certificateReloads = Counter()
  let failedCertificateReloads = Counter()
  /// Seconds since 1970.
  let certificateExpiry = Gauge()
  private let loops = Mutex<[LoopMetrics]>([])

  /// Returns the counters of a new event loop.
  func makeLoop() -> LoopMetrics {
    let loop = LoopMetrics()
    loops.withLock { $0.append(loop) }
    return loop
  }

  var openConnections: Int { sum { $0.openConnections.current } }
  var evictedConnections: Int { sum { $0.evictedConnections.current } }
  var acceptPauses: Int { sum { $0.acceptPauses.current } }
  var bytesInFlight: Int { sum { $0.bytesInFlight.current } }
  var memoryRejections: Int { sum { $0.memoryRejections.current } }

  private func sum(_ count: (LoopMetrics) -> Int) -> Int { loops.withLock { $0 }.reduce(0) { $0 + count($1) } }

  func count(_ limit: LimitKind?) {
    if let limit { limits.add(limit.rawValue) }
  }

  func write(to page: inout Exposition) {
    let loops = loops.withLock { $0 }
    writeReviews(loops, to: &page)
    writeConnections(loops, to: &page)
    writeFiles(to: &page)
  }
}

extension Metrics {
  private func writeReviews(_ loops: [LoopMetrics], to page: inout Exposition) {
    page.begin("reviews_total", .counter, "Admission reviews answered.")
    for key in ReviewCounters.keys {
      page.add(
        loops.reduce(0) { $0 + $1.reviews[key] },
        [
          "webhook": key.webhook.rawValue, "operation": key.operation == .connect ? "other" : key.operation.rawValue,
          "verdict": key.verdict.rawValue,
        ])
    }
    page.begin("rule_violations_total", .counter, "Rules that a denied change broke; one denial can name several.")
    for (rule, count) in violations.current { page.add(count, ["rule": rule]) }
    page.begin("warnings_total", .counter, "Warnings that went out with a review.")
    for (rule, count) in warnings.current { page.add(count, ["rule": rule]) }
    page.add(
      "invalid_reviews_total", .counter, "Bodies that were no admission review.", invalidReviews.current)
    writeDurations(loops, to: &page)
  }

  private func writeDurations(_ loops: [LoopMetrics], to page: inout Exposition) {
    var (decodeDuration, evaluateDuration, totalDuration) = (
      HistogramSnapshot(), HistogramSnapshot(), HistogramSnapshot()
    )
    for loop in loops {
      loop.decodeDuration.collect(into: &decodeDuration)
      loop.evaluateDuration.collect(into: &evaluateDuration)
      loop.totalDuration.collect(into: &totalDuration)
    }
    page.begin(
      "review_duration_seconds", .histogram,
      """
      Time from the beginning of the loop's turn to the sending of a review's answer, and the stages of each turn's \
      first review.
      """)
    page.add(decodeDuration, label: ("stage", "decode"))
    page.add(evaluateDuration, label: ("stage", "evaluate"))
    page.add(totalDuration, label: ("stage", "total"))
  }

  private func writeConnections(_ loops: [LoopMetrics], to page: inout Exposition) {
    func sum(_ count: (LoopMetrics) -> Int) -> Int { loops.reduce(0) { $0 + count($1) } }
    page.add("connections_total", .counter, "Connections accepted.", sum { $0.connections.current })
    page.add("open_connections", .gauge, "Connections open now.", sum { $0.openConnections.current })
    page.add(
      "connections_timed_out_total", .counter, "Connections closed because a deadline had passed, idle ones included.",
      timedOutConnections.current)
    page.add("connections_evicted_total", .counter, "Connections closed to make room for others.", evictedConnections)
    page.add(
      "accept_pauses_total", .counter, "Times a loop had to wait before it could accept connections.", acceptPauses)
    page.add(
      "in_flight_bytes", .gauge, "Memory held by large requests that arrive and answers not yet taken.", bytesInFlight)
    page.add(
      "memory_rejections_total", .counter, "Requests and answers there was no memory for.", memoryRejections)
    page.add("received_bytes_total", .counter, "Bytes received, encrypted.", sum { $0.receivedBytes.current })
    page.add("sent_bytes_total", .counter, "Bytes sent, encrypted.", sum { $0.sentBytes.current })
    page.begin("requests_total", .counter, "HTTP requests answered, whatever they asked.")
    page.add(sum { $0.http1Requests.current }, ["protocol": "http/1.1"])
    page.add(sum { $0.http2Requests.current }, ["protocol": "h2"])
    page.begin(
      "rejected_requests_total", .counter,
      "Requests refused before anybody looked at what they ask: no HTTP, too large, a flood, or no memory.")
    for (reason, count) in rejectedRequests.current { page.add(count, ["reason": reason]) }
    page.begin("handshakes_total", .counter, "TLS handshakes completed.")
    for key in HandshakeCounters.Key.allCases {
      page.add(
        sum { $0.handshakes[key] },
        [
          "version": key.isTLS13 ? "TLSv1.3" : "TLSv1.2", "protocol": key.isHTTP2 ? "h2" : "http/1.1",
          "resumed": key.isResumed ? "true" : "false",
        ])
    }
    page.begin("handshake_failures_total", .counter, "TLS handshakes that failed.")
    for (cause, count) in handshakeFailures.current { page.add(count, ["cause": cause]) }
    page.begin("limits_reached_total", .counter, "Times somebody ran into a limit of the server.")
    for (limit, count) in limits.current { page.add(count, ["limit": limit]) }
  }

  private func writeFiles(to page: inout Exposition) {
    page.begin("certificate_reloads_total", .counter, "Times a certificate was read; a refused one is not served.")
    page.add(certificateReloads.current, ["result": "success"])
    page.add(failedCertificateReloads.current, ["result": "error"])
    page.add(
      "certificate_expiry_timestamp_seconds", .gauge, "When the served certificate expires.",
      certificateExpiry.current)
    page.begin("snapshot_reloads_total", .counter, "Times the cluster snapshot was read.")
    page.add(snapshotReloads.current, ["result": "success"])
    page.add(failedSnapshotReloads.current, ["result": "error"])
  }
}
