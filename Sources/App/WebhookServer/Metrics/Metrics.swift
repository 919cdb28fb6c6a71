internal import Admission
internal import Synchronization

/// A count that only grows, or a gauge that follows a number; any thread may change it.
struct Counter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int) { value.add(amount, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// What the server counts, in the text format of Prometheus.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
final class Metrics: Sendable {
  let allowed = WebhookCounters()
  let patched = WebhookCounters()
  let denied = WebhookCounters()
  let undecided = WebhookCounters()
  let unreadableReviews = Counter()
  let connections = Counter()
  let openConnections = Counter()
  let failedHandshakes = Counter()
  let rejectedRequests = Counter()
  let expiredConnections = Counter()
  let snapshotReadings = Counter()
  let failedSnapshotReadings = Counter()

  struct WebhookCounters: ~Copyable, Sendable {
    let validate = Counter()
    let mutate = Counter()

    func count(_ webhook: Reviewer.Webhook) {
      switch webhook {
      case .validate: validate.add(1)
      case .mutate: mutate.add(1)
      }
    }
  }

  func count(_ webhook: Reviewer.Webhook, _ outcome: Outcome) {
    switch outcome {
    case .allowed: allowed.count(webhook)
    case .patched: patched.count(webhook)
    case .denied: denied.count(webhook)
    case .undecided: undecided.count(webhook)
    }
  }

  func exposition(isReady: Bool) -> String {
    """
    # HELP storage_network_webhook_reviews_total Admission reviews answered.
    # TYPE storage_network_webhook_reviews_total counter
    storage_network_webhook_reviews_total{webhook="validate",verdict="allowed"} \(allowed.validate.current)
    storage_network_webhook_reviews_total{webhook="validate",verdict="denied"} \(denied.validate.current)
    storage_network_webhook_reviews_total{webhook="validate",verdict="undecided"} \(undecided.validate.current)
    storage_network_webhook_reviews_total{webhook="mutate",verdict="allowed"} \(allowed.mutate.current)
    storage_network_webhook_reviews_total{webhook="mutate",verdict="patched"} \(patched.mutate.current)
    # HELP storage_network_webhook_unreadable_reviews_total Bodies that were no admission review.
    # TYPE storage_network_webhook_unreadable_reviews_total counter
    storage_network_webhook_unreadable_reviews_total \(unreadableReviews.current)
    # HELP storage_network_webhook_rejected_requests_total Requests that were no HTTP and ended their connection.
    # TYPE storage_network_webhook_rejected_requests_total counter
    storage_network_webhook_rejected_requests_total \(rejectedRequests.current)
    # HELP storage_network_webhook_connections_total Connections accepted.
    # TYPE storage_network_webhook_connections_total counter
    storage_network_webhook_connections_total \(connections.current)
    # HELP storage_network_webhook_open_connections Connections open now.
    # TYPE storage_network_webhook_open_connections gauge
    storage_network_webhook_open_connections \(openConnections.current)
    # HELP storage_network_webhook_failed_handshakes_total TLS handshakes that failed.
    # TYPE storage_network_webhook_failed_handshakes_total counter
    storage_network_webhook_failed_handshakes_total \(failedHandshakes.current)
    # HELP storage_network_webhook_expired_connections_total Connections closed because their deadline had passed.
    # TYPE storage_network_webhook_expired_connections_total counter
    storage_network_webhook_expired_connections_total \(expiredConnections.current)
    # HELP storage_network_webhook_snapshot_readings_total Times the cluster snapshot was read and taken.
    # TYPE storage_network_webhook_snapshot_readings_total counter
    storage_network_webhook_snapshot_readings_total \(snapshotReadings.current)
    # HELP storage_network_webhook_failed_snapshot_readings_total Times the cluster snapshot could not be read.
    # TYPE storage_network_webhook_failed_snapshot_readings_total counter
    storage_network_webhook_failed_snapshot_readings_total \(failedSnapshotReadings.current)
    # HELP storage_network_webhook_ready Whether /readyz says yes.
    # TYPE storage_network_webhook_ready gauge
    storage_network_webhook_ready \(isReady ? 1 : 0)

    """
  }
}
