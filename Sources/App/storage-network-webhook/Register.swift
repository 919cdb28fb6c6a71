internal import ArgumentParser
internal import Platform
internal import Registration
internal import WebhookServer

/// `register`: keeps certificates and webhook configurations in the desired state.
struct Register: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep certificates and both webhook configurations in the desired state.",
    discussion: """
      Creates, renews and repairs the Secret and the two webhook configurations, within seconds of a change, until a \
      signal ends it. The API server trusts what the pods serve at every moment. failurePolicy becomes Fail when a \
      serving pod has answered, and stays so; the annotation \(RegistrationNames.failurePolicy)=Ignore on a \
      configuration takes it back. Two registrars at once do no harm.

      Example:
        storage-network-webhook register --once --kubeconfig ~/.kube/config

      Ends with 0 after a signal. With --once: 0 everything is in the desired state, 1 no serving pod answers, or the bad \
      value of --test is not denied, 2 an error.
      """)

  @Option(help: ArgumentHelp("The namespace of the Secret and the Service.", valueName: "name"))
  var namespace = RegistrationOptions().namespace

  @Option(help: ArgumentHelp("The Secret that the serving pods mount.", valueName: "name"))
  var secret = RegistrationOptions().secret

  @Option(help: ArgumentHelp("The Service that the API server calls.", valueName: "name"))
  var service = RegistrationOptions().service

  @Option(help: ArgumentHelp("The Service's port.", valueName: "number"))
  var servicePort = RegistrationOptions().servicePort

  @Option(help: ArgumentHelp("The name of both webhook configurations.", valueName: "name"))
  var configuration = RegistrationOptions().configuration

  @Option(help: ArgumentHelp("The ClusterRole that owns what is created.", valueName: "name"))
  var clusterRole = RegistrationOptions().clusterRole

  @Option(
    help: ArgumentHelp(
      "Who writes the certificate into the Secret: the registrar, or another program such as cert-manager.",
      valueName: "self|external"))
  var certificates = RegistrationOptions.CertificateIssuer.registrar

  @Flag(help: "Reconcile once and end.")
  var once = false

  @Flag(
    help: """
      With --once: then send a bad value of the setting to the API server, as a dry run; the webhook must deny it.
      """)
  var test = false

  @Flag(name: .customLong("rotate-ca"), help: "Begin a new CA although the current one is young, as after a leak.")
  var rotateCA = false

  @Option(
    name: .customLong("probe-url"),
    help: ArgumentHelp(
      "Where to ask whether the webhook answers, instead of the Service's name.", valueName: "https://host:port"))
  var probeURL: String?

  @Option(
    help: ArgumentHelp("Where /healthz, /readyz and /metrics are answered over HTTP.", valueName: "address:port"))
  var listen = "0.0.0.0:8080"

  @OptionGroup var access: KubeconfigOptions

  @OptionGroup var logging: LogOptions

  func validate() throws {
    if !(1...65535).contains(servicePort) { throw ValidationError("--service-port must be between 1 and 65535") }
    if test, !once { throw ValidationError("--test needs --once") }
    if rotateCA, certificates == .external {
      throw ValidationError("--rotate-ca needs --certificates self; ask the other program for a new CA")
    }
  }

  func run() throws {
    var options = RegistrationOptions()
    options.namespace = namespace
    options.secret = secret
    options.service = service
    options.servicePort = servicePort
    options.configuration = configuration
    options.clusterRole = clusterRole
    options.issuer = certificates
    let registrar = RegistrarConfiguration(
      source: try LiveSource(kubeconfig: access.kubeconfig, context: access.context), options: options,
      probeURL: probeURL, rotatesCA: rotateCA, testsDenial: test, listen: listen)
    if once {
      if try !RegistrarProcess.runOnce(registrar, log: logging.logger()) { throw ExitCode.denied }
      return
    }
    let queue = try AsyncLogWriter(limit: ServerLimits.logBufferSize)
    defer { queue.finish(within: ServerLimits.logFlushTimeout) }
    try RegistrarProcess.run(registrar, log: logging.logger(queue), queue: queue)
  }
}

extension RegistrationOptions.CertificateIssuer: ExpressibleByArgument {}
