package import CertificateCustody
internal import ClusterState
internal import KubeClient
package import Logging
internal import Platform

/// Performs what the custody of the certificates asks: requests to the API server, questions to the webhook, pauses.
package struct CertificateKeeping {
  private let access: ClusterAccess
  private let client: KubeClient
  private let terms: CustodyTerms
  /// Where the webhook is asked whether it answers; its certificate has to be for the Service's name all the same.
  private let webhook: String
  /// Seconds since 1970.
  private let clock: () -> Int64
  private let log: Logger

  package init(
    of source: LiveSource, _ terms: CustodyTerms, webhook: String?,
    clock: @escaping () -> Int64 = { WallClock.seconds },
    log: Logger
  ) {
    self.clock = clock
    access = source.access
    client = KubeClient(source.access)
    self.terms = terms
    self.webhook = webhook ?? "https://\(terms.serverNames[0])"
    self.log = log
  }

  /// Returns when everything is in order.
  package func ensure(rotating: Bool) throws(ServerError) {
    var machine = CustodyMachine(terms, rotates: rotating) { .random(in: 1 ... .max) }
    var action = machine.begin()
    var trouble = ""
    while true {
      switch action {
      case .request(let request): action = perform(request, &machine)
      case .wait(let duration):
        client.pause(for: duration)
        action = machine.waited()
      case .probe(let authorities):
        let reason = probe(authorities)
        if let reason, reason != trouble { log.notice("waiting for the webhook", metadata: ["reason": "\(reason)"]) }
        trouble = reason ?? trouble
        action = machine.probed(trouble: reason)
      case .rest(let moment):
        log.notice("certificates are up to date", metadata: ["until": "\(WallClock.timestamp(moment))"])
        return
      case .failed(let reason):
        throw ServerError(reason)
      }
    }
  }

  private func perform(_ request: CustodyRequest, _ machine: inout CustodyMachine) -> CustodyMachine.Action {
    let body = request.body.isEmpty ? nil : request.body
    do throws(KubeError) {
      let answer = try client.exchange(APIRequest(method: request.method.rawValue, path: request.path, body: body))
      if request.method != .get {
        let note: Logger.Metadata = [
          "purpose": "\(request.purpose)", "path": "\(request.path)", "status": "\(answer.status)",
        ]
        log.notice("written", metadata: note)
      }
      // Tokens of service accounts are renewed on disk.
      if answer.status == 401 { client.renewCredentials() }
      return machine.answered(answer.status, answer.body, at: clock())
    } catch {
      log.warning("the API server does not answer", metadata: ["reason": "\(error)"])
      return machine.unanswered(error.description)
    }
  }

  /// Why the webhook does not answer; nil if it does.
  private func probe(_ authorities: [UInt8]) -> String? {
    var server = ClusterAccess(server: webhook, origin: "the webhook's Service")
    server.authorities = .bytes(authorities)
    server.serverName = terms.serverNames[0]
    do throws(KubeError) {
      let answer = try KubeClient(server).exchange(APIRequest(path: "/readyz"), within: .seconds(10))
      return answer.status == 200 ? nil : "it is not ready: " + String(decoding: answer.body.prefix(256), as: UTF8.self)
    } catch {
      return error.description
    }
  }
}
