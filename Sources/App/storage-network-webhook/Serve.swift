internal import ArgumentParser
internal import Platform
internal import Rules
internal import WebhookServer

/// `serve`: serves the API server until a signal.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer admission reviews over HTTPS.",
    discussion: """
      Example:
        storage-network-webhook serve --listen 127.0.0.1:8443 --tls-certificate certs/tls.pem --tls-key certs/tls.key \
      --cluster-snapshot manifests/example/cluster.yaml
      """)

  @Option(help: ArgumentHelp("Where to listen: an address and a port. Repeatable.", valueName: "address:port"))
  var listen = ["0.0.0.0:8443"]

  @Option(help: ArgumentHelp("The certificate chain, PEM. A replaced file is used at once.", valueName: "file"))
  var tlsCertificate: String

  @Option(help: ArgumentHelp("The certificate's private key, PEM, without passphrase.", valueName: "file"))
  var tlsKey: String

  @Option(
    help: ArgumentHelp("Require a client certificate that one of these authorities signed, PEM.", valueName: "file"))
  var clientCa: String?

  @OptionGroup var cluster: ClusterOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decide nothing about a change when a kind was not heard of for so many seconds.", valueName: "seconds"))
  var maxStaleness = LiveSource.defaultMaxStalenessSeconds

  @OptionGroup var rules: RuleOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("After SIGTERM, accept for so many seconds.", valueName: "seconds"))
  var drainDelay = 5

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("After that, wait so many seconds for connections to end.", valueName: "seconds"))
  var drainTimeout = 30

  @OptionGroup var logging: LogOptions

  func validate() throws {
    if maxStaleness < LiveSource.minimumMaxStalenessSeconds {
      throw ValidationError("--max-staleness has to be at least \(LiveSource.minimumMaxStalenessSeconds)")
    }
    if drainDelay < 0 { throw ValidationError("--drain-delay cannot be negative") }
    if drainTimeout < 0 { throw ValidationError("--drain-timeout cannot be negative") }
  }

  func run() throws {
    let certificate = CertificateSource(certificate: tlsCertificate, key: tlsKey, clientCAs: clientCa)
    let log = try AsyncLogWriter(limit: ServerLimits.logBufferSize)
    defer { log.finish(within: ServerLimits.logFlushTimeout) }
    try Server.run(
      ServerConfiguration(
        listen: listen, certificate: certificate,
        cluster: try cluster.source(staleness: .seconds(maxStaleness)),
        ruleset: rules.ruleset, drainDelay: .seconds(drainDelay), drainTimeout: .seconds(drainTimeout)),
      log: logging.logger(log), queue: log)
  }
}
