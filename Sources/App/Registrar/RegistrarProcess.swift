package import ClusterSources
internal import HTTPWire
package import Logging
package import Platform
package import Registration
internal import WebhookCore

/// The options of `register`.
package struct RegistrarConfiguration: Sendable {
  package var source: LiveSource
  package var options: RegistrationOptions
  /// The URL to probe instead of the Service's.
  package var probeURL: String?
  package var rotatesCA: Bool
  /// The address that serves /healthz, /readyz and /metrics.
  package var listen: String

  package init(
    source: LiveSource, options: RegistrationOptions, probeURL: String?, rotatesCA: Bool, listen: String
  ) {
    self.source = source
    self.options = options
    self.probeURL = probeURL
    self.rotatesCA = rotatesCA
    self.listen = listen
  }
}

/// The registrar as a process.
package enum RegistrarProcess {
  /// Reconciles until a signal. It may end at any moment: each write leaves a consistent state.
  package static func run(_ configuration: RegistrarConfiguration, log: Logger, queue: AsyncLogWriter) throws {
    // Before any thread starts, so that no thread receives the signals.
    let signals = try Signals()
    try queue.start()
    let state = RegistrarState()
    let server = try StatusServer(listen: configuration.listen, signals: signals)
    log.notice("listening", metadata: ["address": "\(server.address)"])
    try Thread.start(named: "registrar") { registrar(configuration, state, log).run() }
    try server.run { request in respond(to: request, state) }
    log.notice("stopping")
  }

  /// Reconciles once; false if no serving pod responds, in which case failurePolicy stays unchanged.
  package static func runOnce(_ configuration: RegistrarConfiguration, log: Logger) throws -> Bool {
    try registrar(configuration, RegistrarState(), log).runOnce()
  }

  /// Sends a bad value of the setting to the API server, as a dry run; false if the webhook does not deny it. The permission to
  /// patch the setting is enough.
  package static func testDenial(
    of source: LiveSource, _ options: RegistrationOptions, log: Logger
  ) throws -> Bool {
    try DenialProbe(of: source, options, log: log).run()
  }

  private static func registrar(
    _ configuration: RegistrarConfiguration, _ state: RegistrarState, _ log: Logger
  ) -> Registrar {
    Registrar(
      of: configuration.source, configuration.options, probeURL: configuration.probeURL,
      rotatesCA: configuration.rotatesCA, state: state, log: log)
  }

  private static func respond(to request: borrowing HTTPRequest, _ state: RegistrarState) -> HTTPResponse {
    guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
    switch Route(path: request.path) {
    case .healthz:
      return state.isAlive ? .text(.ok, "ok\n") : .text(.serviceUnavailable, "the reconciling thread is stuck\n")
    case .readyz:
      let (isReady, text) = state.readiness
      return .text(isReady ? .ok : .serviceUnavailable, text)
    case .metrics:
      var exposition = Exposition()
      state.write(to: &exposition)
      return HTTPResponse(status: .ok, contentType: .prometheus, body: exposition.bytes)
    case .validate, .mutate, nil: return .error(.notFound, "no such path")
    }
  }
}
