internal import Admission
internal import TLSWire

/// The counters of one event loop. It is the only writer, so counting costs next to nothing; a scrape sums the event
/// loops.
final class LoopMetrics: Sendable {
  let reviews = ReviewCounters()
  let decodeDuration = Histogram()
  let evaluateDuration = Histogram()
  let totalDuration = Histogram()
  let connections = SingleWriterCounter()
  let openConnections = SingleWriterCounter()
  let evictedConnections = SingleWriterCounter()
  let acceptPauses = SingleWriterCounter()
  let bytesInFlight = SingleWriterCounter()
  let memoryRejections = SingleWriterCounter()
  let receivedBytes = SingleWriterCounter()
  let sentBytes = SingleWriterCounter()
  let handshakes = HandshakeCounters()
  let http1Requests = SingleWriterCounter()
  let http2Requests = SingleWriterCounter()

  func count(_ request: ApplicationProtocol) {
    switch request {
    case .http1: http1Requests.add()
    case .http2: http2Requests.add()
    }
  }
}

/// Reviews by webhook, operation and verdict.
struct ReviewCounters: ~Copyable, Sendable {
  private let counters = InlineArray<32, SingleWriterCounter> { _ in SingleWriterCounter() }

  /// Every combination that can occur; exposed from the start.
  struct Key: Hashable {
    let webhook: Reviewer.Webhook
    let operation: AdmissionRequest.Operation
    let verdict: VerdictLabel

    var index: Int {
      let operation =
        switch operation {
        case .create: 0
        case .update: 1
        case .delete: 2
        case .connect: 3
        }
      return (webhook == .validate ? 0 : 16) + operation * 4 + verdict.index
    }
  }

  static let keys: [Key] = {
    let verdicts: [(Reviewer.Webhook, [VerdictLabel])] = [
      (.validate, [.allowed, .denied, .unavailable]), (.mutate, [.allowed, .patched, .denied, .unavailable]),
    ]
    return verdicts.flatMap { webhook, verdicts in
      [.create, .update, .delete, .connect].flatMap { operation in
        verdicts.map { Key(webhook: webhook, operation: operation, verdict: $0) }
      }
    }
  }()

  func count(_ webhook: Reviewer.Webhook, _ operation: AdmissionRequest.Operation, _ outcome: Outcome) {
    counters[Key(webhook: webhook, operation: operation, verdict: outcome.label).index].add()
  }

  subscript(key: Key) -> Int { counters[key.index].current }
}

/// Completed handshakes by negotiated parameters.
struct HandshakeCounters: ~Copyable, Sendable {
  private let counters = InlineArray<8, SingleWriterCounter> { _ in SingleWriterCounter() }

  struct Key: Hashable, CaseIterable {
    let isTLS13: Bool
    let isHTTP2: Bool
    let isResumed: Bool

    static let allCases = (0..<8).map { Key(isTLS13: $0 & 1 != 0, isHTTP2: $0 & 2 != 0, isResumed: $0 & 4 != 0) }

    var index: Int { (isTLS13 ? 1 : 0) + (isHTTP2 ? 2 : 0) + (isResumed ? 4 : 0) }
  }

  func count(_ tls: TLSSession) {
    let key = Key(
      isTLS13: tls.protocolVersion == "TLSv1.3", isHTTP2: tls.applicationProtocol == .http2, isResumed: tls.isResumed)
    counters[key.index].add()
  }

  subscript(key: Key) -> Int { counters[key.index].current }
}
