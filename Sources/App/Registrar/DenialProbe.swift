internal import ClusterSources
internal import KubeClient
internal import Logging
internal import Registration
internal import WebhookCore

/// Asks the API server whether the webhook denies a bad value of the setting.
struct DenialProbe {
  private let client: KubeClient
  private let options: RegistrationOptions
  private let log: Logger

  private static let requestTimeout: Duration = .seconds(15)
  private static let maxAttempts = 10
  private static let interval: Duration = .seconds(1)

  init(of source: LiveSource, _ options: RegistrationOptions, log: Logger) {
    client = KubeClient(source.access)
    self.options = options
    self.log = log
  }

  /// Sends the value as a dry run, and again while the answer may change. Returns whether the webhook denies it.
  func run() throws(ProgramError) -> Bool {
    var result = try sendBadValue()
    for _ in 1..<Self.maxAttempts where result.mayChange {
      client.sleep(for: Self.interval)
      result = try sendBadValue()
    }
    switch result {
    case .denied(let message):
      log.notice("bad value denied", metadata: ["reason": "\(message)"])
      return true
    case .notAsked(let reason):
      log.error("bad value not denied", metadata: ["reason": "\(reason)"])
      return false
    case .failed(_, let reason): throw ProgramError(reason)
    }
  }

  private func sendBadValue() throws(ProgramError) -> DenialTest.Result {
    do throws(KubeError) {
      let (status, body) = try client.send(DenialTest.request(options), timeout: Self.requestTimeout)
      return DenialTest.result(status: status, body: body)
    } catch {
      throw ProgramError(error.description)
    }
  }
}
