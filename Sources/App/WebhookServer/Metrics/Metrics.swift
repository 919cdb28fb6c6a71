internal import Admission
internal import HTTPWire
internal import Rules
internal import Synchronization
internal import TLSWire
internal import WebhookCore

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

  func write(to exposition: inout Exposition) {
    let loops = loops.withLock { $0 }
    writeReviews(loops, to: &exposition)
    writeConnections(loops, to: &exposition)
    writeFiles(to: &exposition)
  }
}

extension Metrics {
  private func writeReviews(_ loops: [LoopMetrics], to exposition: inout Exposition) {
    exposition.begin("reviews_total", .counter, "Responses to admission reviews.")
    for key in ReviewCounters.keys {
      exposition.add(
        loops.reduce(0) { $0 + $1.reviews[key] },
        [
          "webhook": key.webhook.rawValue, "operation": key.operation == .connect ? "other" : key.operation.rawValue,
          "verdict": key.verdict.rawValue,
        ])
    }
    exposition.begin(
      "rule_violations_total", .counter, "Rules that denied changes violated; a denial can violate several.")
    for (rule, count) in violations.current { exposition.add(count, ["rule": rule]) }
    exposition.begin("warnings_total", .counter, "Warnings in responses to reviews.")
    for (rule, count) in warnings.current { exposition.add(count, ["rule": rule]) }
    exposition.add(
      "invalid_reviews_total", .counter, "Request bodies that were no admission review.", invalidReviews.current)
    writeDurations(loops, to: &exposition)
  }

  private func writeDurations(_ loops: [LoopMetrics], to exposition: inout Exposition) {
    var (decodeDuration, evaluateDuration, totalDuration) = (
      HistogramSnapshot(), HistogramSnapshot(), HistogramSnapshot()
    )
    for loop in loops {
      loop.decodeDuration.collect(into: &decodeDuration)
      loop.evaluateDuration.collect(into: &evaluateDuration)
      loop.totalDuration.collect(into: &totalDuration)
    }
    exposition.begin(
      "review_duration_seconds", .histogram,
      """
      Time from the start of the event loop's iteration to the sending of a review's response, and the stages of the \
      first review of each iteration.
      """)
    exposition.add(decodeDuration, label: ("stage", "decode"))
    exposition.add(evaluateDuration, label: ("stage", "evaluate"))
    exposition.add(totalDuration, label: ("stage", "total"))
  }

  private func writeConnections(_ loops: [LoopMetrics], to exposition: inout Exposition) {
    func sum(_ count: (LoopMetrics) -> Int) -> Int { loops.reduce(0) { $0 + count($1) } }
    exposition.add("connections_total", .counter, "Accepted connections.", sum { $0.connections.current })
    exposition.add("open_connections", .gauge, "Open connections.", sum { $0.openConnections.current })
    exposition.add(
      "connections_timed_out_total", .counter, "Connections closed after a timeout, idle ones included.",
      timedOutConnections.current)
    exposition.add(
      "connections_evicted_total", .counter,
      "Connections evicted at a limit of connections, handshakes, descriptors or memory.", evictedConnections)
    exposition.add(
      "accept_pauses_total", .counter, "Times an event loop paused accepting connections.", acceptPauses)
    exposition.add(
      "in_flight_bytes", .gauge, "Memory reserved for incomplete requests and unsent responses.", bytesInFlight)
    exposition.add(
      "memory_rejections_total", .counter, "Rejected memory reservations for requests and responses.", memoryRejections)
    exposition.add("received_bytes_total", .counter, "Received bytes, encrypted.", sum { $0.receivedBytes.current })
    exposition.add("sent_bytes_total", .counter, "Sent bytes, encrypted.", sum { $0.sentBytes.current })
    exposition.begin("requests_total", .counter, "Responses to HTTP requests of every path.")
    exposition.add(sum { $0.http1Requests.current }, ["protocol": "http/1.1"])
    exposition.add(sum { $0.http2Requests.current }, ["protocol": "h2"])
    exposition.begin(
      "rejected_requests_total", .counter,
      "Requests rejected before routing: invalid HTTP, too large, a flood, or no memory.")
    for (reason, count) in rejectedRequests.current { exposition.add(count, ["reason": reason]) }
    exposition.begin("handshakes_total", .counter, "Completed TLS handshakes.")
    for key in HandshakeCounters.Key.allCases {
      exposition.add(
        sum { $0.handshakes[key] },
        [
          "version": key.isTLS13 ? "TLSv1.3" : "TLSv1.2", "protocol": key.isHTTP2 ? "h2" : "http/1.1",
          "resumed": key.isResumed ? "true" : "false",
        ])
    }
    exposition.begin("handshake_failures_total", .counter, "Failed TLS handshakes.")
    for (cause, count) in handshakeFailures.current { exposition.add(count, ["cause": cause]) }
    exposition.begin("limits_reached_total", .counter, "Times that a limit of the server was reached.")
    for (limit, count) in limits.current { exposition.add(count, ["limit": limit]) }
  }

  private func writeFiles(to exposition: inout Exposition) {
    exposition.begin(
      "certificate_reloads_total", .counter, "Loads of the certificate; after an error the old one is served.")
    exposition.add(certificateReloads.current, ["result": "success"])
    exposition.add(failedCertificateReloads.current, ["result": "error"])
    exposition.add(
      "certificate_expiry_timestamp_seconds", .gauge, "Expiry of the served certificate.",
      certificateExpiry.current)
    exposition.begin(
      "snapshot_reloads_total", .counter, "Loads of the cluster snapshot; after an error the old one is used.")
    exposition.add(snapshotReloads.current, ["result": "success"])
    exposition.add(failedSnapshotReloads.current, ["result": "error"])
  }
}
