internal import ArgumentParser
internal import ClusterSources
internal import Platform
internal import Rules
internal import WebhookServer

/// `serve`: serves the API server until a signal.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the admission webhook over HTTPS.",
    discussion: """
      Example:
        storage-network-webhook serve --listen 127.0.0.1:8443 --tls-certificate certs/tls.pem --tls-key certs/tls.key \
      --cluster-snapshot manifests/example/cluster.yaml
      """)

  @Option(help: ArgumentHelp("Address and port to listen on. Repeatable.", valueName: "address:port"))
  var listen = ["0.0.0.0:8443"]

  @Option(help: ArgumentHelp("Certificate chain, PEM. Reloaded when the file is replaced.", valueName: "file"))
  var tlsCertificate: String

  @Option(help: ArgumentHelp("Private key of the certificate, PEM, without passphrase.", valueName: "file"))
  var tlsKey: String

  @Option(
    help: ArgumentHelp("Require a client certificate signed by one of these authorities, PEM.", valueName: "file"))
  var clientCa: String?

  @OptionGroup var cluster: ClusterOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Answer reviews with 503 when the last contact about a kind is older than this many seconds.",
      valueName: "seconds"))
  var maxStaleness = LiveSource.defaultMaxStalenessSeconds

  @OptionGroup var rules: RuleOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds to keep accepting connections after SIGTERM.", valueName: "seconds"))
  var drainDelay = 5

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds to wait for open connections after that.", valueName: "seconds"))
  var drainTimeout = 30

  @OptionGroup var logging: LogOptions

  func validate() throws {
    if maxStaleness < LiveSource.minimumMaxStalenessSeconds {
      throw ValidationError("--max-staleness must be at least \(LiveSource.minimumMaxStalenessSeconds)")
    }
    if drainDelay < 0 { throw ValidationError("--drain-delay must not be negative") }
    if drainTimeout < 0 { throw ValidationError("--drain-timeout must not be negative") }
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
