internal import ArgumentParser
internal import CertificateCustody
internal import WebhookServer

/// `certificates`: what the webhook's own certificates need.
struct Certificates: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make and renew the webhook's certificates in a cluster.",
    discussion: """
      Example:
        storage-network-webhook certificates ensure --help
      """, subcommands: [EnsureCertificates.self])
}

/// `certificates ensure`: run at install and every day; most days there is nothing to do.
struct EnsureCertificates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ensure",
    abstract: "Make, renew or repair the certificates, without a moment in which the API server refuses them.",
    discussion: """
      The Secret receives an authority and a serving pair for the Service; the two webhook configurations receive the \
      authority as caBundle. Both are renewed at two thirds of their life. It may be stopped at any moment, run again \
      at any moment, and run twice at once.

      Example:
        storage-network-webhook certificates ensure --namespace harvester-system --secret storage-network-webhook-tls \
      --service storage-network-webhook --enforce

      Ends with 0 when everything is in order, and with 2 when it cannot be brought into order.
      """)

  @Option(help: ArgumentHelp("Where the Secret and the Service are.", valueName: "name"))
  var namespace: String

  @Option(help: ArgumentHelp("The Secret that holds the keys.", valueName: "name"))
  var secret: String

  @Option(help: ArgumentHelp("The Service that the API server calls.", valueName: "name"))
  var service: String

  @Option(help: ArgumentHelp("The name of both webhook configurations.", valueName: "name"))
  var configuration = "storage-network-webhook"

  @Flag(help: "As soon as the webhook answers, set the failurePolicy Fail: no change without it.")
  var enforce = false

  @Flag(help: "Begin a new authority although the present one is young, as after a key became known.")
  var rotateAuthority = false

  @Option(
    help: ArgumentHelp(
      "Where to ask whether the webhook answers, instead of the Service's name.", valueName: "https://host:port"))
  var webhook: String?

  @OptionGroup var access: KubeconfigOptions

  @OptionGroup var logging: LogOptions

  func run() throws {
    let source = try LiveSource(kubeconfig: access.kubeconfig, context: access.context)
    let terms = CustodyTerms(
      namespace: namespace, secret: secret, service: service, configuration: configuration, enforces: enforce)
    try CertificateKeeping(of: source, terms, webhook: webhook, log: logging.logger()).ensure(rotating: rotateAuthority)
  }
}
