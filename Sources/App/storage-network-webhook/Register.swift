internal import ArgumentParser
internal import ClusterSources
internal import Platform
internal import Registrar
internal import Registration
internal import WebhookCore

/// `register`: keeps certificates and webhook configurations in the desired state.
struct Register: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep certificates and both webhook configurations in the desired state.",
    discussion: """
      Creates, renews and repairs the Secret and the two webhook configurations, within seconds of a change, until a \
      signal. The API server trusts the served certificate at every moment. failurePolicy becomes Fail after the first \
      successful probe of a serving pod, and stays Fail; the annotation \(RegistrationNames.failurePolicy)=Ignore on a \
      configuration sets it to Ignore again. Several registrars may run at the same time.

      Example:
        storage-network-webhook register --once --kubeconfig ~/.kube/config

      Exit status: 0 after a signal. With --once: 0 in the desired state; 1 no serving pod responds; 2 error. With --test: \
      0 the bad value is denied; 1 it is not; 2 error.
      """)

  @Option(help: ArgumentHelp("Namespace of the Secret and the Service.", valueName: "name"))
  var namespace = RegistrationOptions().namespace

  @Option(help: ArgumentHelp("Secret that the serving pods mount.", valueName: "name"))
  var secret = RegistrationOptions().secret

  @Option(help: ArgumentHelp("Service that the API server calls.", valueName: "name"))
  var service = RegistrationOptions().service

  @Option(help: ArgumentHelp("Port of the Service.", valueName: "number"))
  var servicePort = RegistrationOptions().servicePort

  @Option(help: ArgumentHelp("Name of both webhook configurations.", valueName: "name"))
  var configuration = RegistrationOptions().configuration

  @Option(help: ArgumentHelp("ClusterRole that owns the created objects.", valueName: "name"))
  var clusterRole = RegistrationOptions().clusterRole

  @Option(
    help: ArgumentHelp(
      "Issuer of the certificate in the Secret: self is the registrar, external another program such as cert-manager.",
      valueName: "self|external"))
  var certificates = RegistrationOptions.CertificateIssuer.registrar

  @Flag(help: "Reconcile once and exit.")
  var once = false

  @Flag(
    help: """
      Write nothing; send a bad value of the setting as a dry run, which the webhook must deny, and exit. With --once: \
      reconcile first.
      """)
  var test = false

  @Flag(
    name: .customLong("rotate-ca"),
    help: "Replace the CA before its renewal is due, for example after a leak of its key.")
  var rotateCA = false

  @Option(
    name: .customLong("probe-url"),
    help: ArgumentHelp(
      "URL to probe instead of the Service.", valueName: "https://host:port"))
  var probeURL: String?

  @Option(
    help: ArgumentHelp("Address and port of /healthz, /readyz and /metrics over HTTP.", valueName: "address:port"))
  var listen = "0.0.0.0:8080"

  @OptionGroup var access: KubeconfigOptions

  @OptionGroup var logging: LogOptions

  func validate() throws {
    if !(1...65535).contains(servicePort) { throw ValidationError("--service-port must be between 1 and 65535") }
    if test, rotateCA, !once { throw ValidationError("--test with --rotate-ca needs --once") }
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
    let source = try LiveSource(kubeconfig: access.kubeconfig, context: access.context)
    let registrar = RegistrarConfiguration(
      source: source, options: options, probeURL: probeURL, rotatesCA: rotateCA, listen: listen)
    if once || test {
      let log = logging.logger()
      if once, try !RegistrarProcess.runOnce(registrar, log: log) { throw ExitCode.denied }
      if test, try !RegistrarProcess.testDenial(of: source, options, log: log) { throw ExitCode.denied }
      return
    }
    let queue = try AsyncLogWriter(limit: LogLimits.bufferBytes)
    defer { queue.finish(within: LogLimits.flushTimeout) }
    try RegistrarProcess.run(registrar, log: logging.logger(queue), queue: queue)
  }
}

extension RegistrationOptions.CertificateIssuer: ExpressibleByArgument {}
