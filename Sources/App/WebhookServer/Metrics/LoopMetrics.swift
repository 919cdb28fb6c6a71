internal import Admission
internal import TLSWire

/// What one loop counts while it serves. Only that loop writes, so counting costs next to nothing; a page adds the
/// loops up.
final class LoopMetrics: Sendable {
  let reviews = ReviewTallies()
  let reading = DurationTally()
  let judging = DurationTally()
  let answering = DurationTally()
  let connections = Tally()
  let openConnections = Tally()
  let shedConnections = Tally()
  let acceptPauses = Tally()
  let bytesInFlight = Tally()
  let refusedForMemory = Tally()
  let receivedBytes = Tally()
  let sentBytes = Tally()
  let handshakes = HandshakeTallies()
  let http1Requests = Tally()
  let http2Requests = Tally()

  func count(_ request: ApplicationProtocol) {
    switch request {
    case .http1: http1Requests.add()
    case .http2: http2Requests.add()
    }
  }
}

/// Reviews by webhook, operation and verdict.
struct ReviewTallies: ~Copyable, Sendable {
  private let tallies = InlineArray<32, Tally> { _ in Tally() }

  /// What is shown from the start: every combination that can occur.
  struct Key: Hashable {
    let webhook: Reviewer.Webhook
    let operation: AdmissionRequest.Operation
    let verdict: VerdictWord

    var index: Int {
      let operation =
        switch operation {
        case .create: 0
        case .update: 1
        case .delete: 2
        case .connect: 3
        }
      return (webhook == .validate ? 0 : 16) + operation * 4 + verdict.rawValue
    }
  }

  static let keys: [Key] = {
    let verdicts: [(Reviewer.Webhook, [VerdictWord])] = [
      (.validate, [.allowed, .denied, .undecided]), (.mutate, [.allowed, .patched]),
    ]
    return verdicts.flatMap { webhook, verdicts in
      [.create, .update, .delete, .connect].flatMap { operation in
        verdicts.map { Key(webhook: webhook, operation: operation, verdict: $0) }
      }
    }
  }()

  func count(_ webhook: Reviewer.Webhook, _ operation: AdmissionRequest.Operation, _ outcome: Outcome) {
    tallies[Key(webhook: webhook, operation: operation, verdict: outcome.word).index].add()
  }

  subscript(key: Key) -> Int { tallies[key.index].current }
}

/// What came of a review in one word, as logs and metrics say it.
enum VerdictWord: Int {
  case allowed
  case patched
  case denied
  case undecided
}

extension Outcome {
  var word: VerdictWord {
    switch self {
    case .allowed: .allowed
    case .patched: .patched
    case .denied: .denied
    case .undecided: .undecided
    }
  }
}

/// Completed handshakes by what was agreed on.
struct HandshakeTallies: ~Copyable, Sendable {
  private let tallies = InlineArray<8, Tally> { _ in Tally() }

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
    tallies[key.index].add()
  }

  subscript(key: Key) -> Int { tallies[key.index].current }
}
