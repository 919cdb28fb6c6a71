import CertificateAuthority
import Foundation
import Logging
import Registration
import TestSupport
import Testing

@testable import ClusterSources
@testable import Registrar
@testable import WebhookServer

/// A cluster in which the manifests are installed. Pods and the Service are simulated: the Service leads to this
/// machine, and Secret volumes are copied.
final class InstalledCluster: @unchecked Sendable {
  // Sendable: each test has its own instance; the threads of the load only call functions that do not change it.

  let plane: ControlPlane
  let folder: TemporaryFolder
  /// The address of the webhook for the API server.
  let balancer: Balancer

  static let names = ["validatingwebhookconfiguration", "mutatingwebhookconfiguration"]

  /// How the webhook is installed.
  enum Installer {
    case overlay(String)
    /// A program of Helm, with its values.
    case chart(helm: String, [String])

    var definesIssuers: Bool {
      if case .overlay("cert-manager") = self { return true }
      return false
    }
  }

  private let installer: Installer

  init(_ assets: ControlPlane.Assets, _ installer: Installer = .overlay("self-managed")) throws {
    self.installer = installer
    plane = try ControlPlane(assets)
    folder = try TemporaryFolder()
    balancer = try Balancer()
    try plane.kubectl("create", "namespace", "harvester-system")
    let setting = try #require(DefinitionFixture.all.first { $0.name == "settings.harvesterhci.io" })
    let definitions = [setting] + (installer.definesIssuers ? `Overlays`.foreignKinds : [])
    try plane.kubectl("apply", "-f", "-", input: definitions.map(\.manifest).joined(separator: "---\n"))
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    for name in ["storage-network", "other"] {
      try plane.kubectl(
        "create", "-f", "-",
        input: "apiVersion: harvesterhci.io/v1beta1\nkind: Setting\nmetadata: {name: \(name)}\nvalue: \"\"\n")
    }
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "manifests"), to: folder.url.appending(path: "manifests"))
    try apply(image: "0.1.0")
    try routeService()
    let token = try plane.kubectl(
      "create", "token", "storage-network-webhook-registrar", "--namespace", "harvester-system")
    try plane.folder.write(plane.kubeconfig(user: "token: \(token)"), to: "registrar")
  }

  /// The API server connects to the external name, and expects the Service's name in the certificate.
  private func routeService() throws {
    try plane.kubectl(
      "patch", "service", "storage-network-webhook", "--namespace", "harvester-system", "--type=merge", "-p",
      #"{"spec":{"type":"ExternalName","externalName":"localhost"}}"#)
  }

  /// Installs or upgrades, with another image each time.
  @discardableResult
  func apply(image tag: String, _ options: String...) throws -> Program.Run {
    switch installer {
    case .overlay(let overlay): return try apply(overlay, image: tag, options)
    case .chart(let program, let settings):
      let release = ["upgrade", "--install", "guard", Repository.path("charts/storage-network-webhook")]
      let values = (["image.tag=\(tag)"] + settings).flatMap { ["--set", $0] }
      return try helm(program, release + values + options)
    }
  }

  /// Runs Helm as the administrator and throws unless it succeeds.
  @discardableResult
  func helm(_ program: String, _ arguments: [String]) throws -> Program.Run {
    let run = try Program.run(program, helmOptions + arguments)
    if run.exitCode != 0 { throw ProgramFailure(what: "helm \(arguments.joined(separator: " "))", run: run) }
    return run
  }

  var helmOptions: [String] {
    ["--kubeconfig", plane.folder.path("admin"), "--namespace", "harvester-system"]
  }

  /// Runs `kubectl apply -k` with an operator's kustomization.
  private func apply(_ overlay: String, image tag: String, _ options: [String]) throws -> Program.Run {
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "mine"), withIntermediateDirectories: true)
    try folder.write(
      """
      resources: [../manifests/overlays/\(overlay)]
      images: [{name: storage-network-webhook, newTag: "\(tag)"}]

      """, to: "mine/kustomization.yaml")
    let run = try plane.tryKubectl(["apply", "-k", folder.path("mine")] + options)
    if run.exitCode != 0 || run.errors != "" { throw ProgramFailure(what: "kubectl apply -k", run: run) }
    return run
  }

  /// Runs `register` as its Deployment does, with its permissions.
  func register(_ options: String...) throws -> Program {
    try Program(
      Repository.executable,
      [
        "register", "--probe-url", "https://127.0.0.1:\(balancer.port)", "--service-port", "\(balancer.port)",
        "--listen", "127.0.0.1:0", "--kubeconfig", plane.folder.path("registrar"), "--log-format", "json",
      ] + options)
  }

  /// Runs `register --once` at another time; no pod serves yet.
  func registerInThePast(days: Int64) throws {
    var options = RegistrationOptions()
    options.servicePort = balancer.port
    let then = Int64(Date.now.timeIntervalSince1970) - days * 86_400
    let source = try LiveSource(kubeconfig: plane.folder.path("registrar"), context: nil)
    let registrar = Registrar(
      of: source, options, probeURL: "https://127.0.0.1:\(balancer.port)", state: RegistrarState(), clock: { then },
      log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    #expect(try !registrar.runOnce())
  }

  /// Updates the volume of the pods from the Secret.
  func mount() throws {
    for (entry, file) in [("tls\\.crt", "tls.pem"), ("tls\\.key", "tls.key")] {
      let data = try plane.kubectl(
        "get", "secret", "storage-network-webhook-tls", "--namespace", "harvester-system", "-o",
        "jsonpath={.data.\(entry)}")
      let bytes = try #require(Data(base64Encoded: data))
      try folder.write(String(decoding: bytes, as: UTF8.self), to: file)
    }
  }

  /// Writes the Secret as cert-manager does.
  func issue(serial: UInt64) throws {
    let now = Int64(Date.now.timeIntervalSince1970)
    let validity = (now - 60)..<(now + 90 * 86_400)
    let ca = Identity.certificateAuthority(Subject(commonName: "CA \(serial)", validity: validity, serial: serial))
    let pair = ca.issue(
      Subject(commonName: "webhook", validity: validity, serial: serial + 1), for: RegistrationOptions().serverNames)
    let entries = [
      ("ca.crt", ca.certificate.pem), ("tls.crt", pair.certificate.pem), ("tls.key", pair.key.pem),
    ].map { "\"\($0)\":\"\(Data($1).base64EncodedString())\"" }
    try plane.kubectl(
      "apply", "-f", "-",
      input: """
        {"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/tls","metadata":{"name":"storage-network-webhook-tls",\
        "namespace":"harvester-system"},"data":{\(entries.joined(separator: ","))}}
        """)
  }

  /// Starts one pod; it serves when this returns.
  func startPod() throws -> Pod {
    try Pod(
      Program(
        Repository.executable,
        [
          "serve", "--listen", "127.0.0.1:0", "--tls-certificate", folder.path("tls.pem"), "--tls-key",
          folder.path("tls.key"), "--cluster-snapshot", Repository.path("manifests/example/cluster.yaml"),
          "--log-format", "json", "--drain-delay", "1",
        ]))
  }

  struct Pod {
    let program: Program
    let port: Int

    init(_ program: Program) throws {
      self.program = program
      port = try LogLine(program.errors.waitForLine(with: #""message":"listening""#)).port
    }
  }

  /// A registrar, a pod that serves, and failurePolicy Fail.
  func run() throws -> (registrar: Program, pod: Pod) {
    let registrar = try register()
    try registrar.errors.waitForLine(with: "sign a serving certificate")
    try mount()
    let pod = try startPod()
    balancer.use([pod.port])
    try registrar.errors.waitForLine(with: #""message":"registered""#)
    return (registrar, pod)
  }

  func policies() throws -> [String] {
    try Self.names.map {
      try plane.kubectl("get", $0, "storage-network-webhook", "-o", "jsonpath={.webhooks[0].failurePolicy}")
    }
  }

  /// Both configurations without the fields that change with each write.
  func webhooks() throws -> [String] {
    try Self.names.map {
      try plane.kubectl(
        "get", $0, "storage-network-webhook", "--ignore-not-found", "-o",
        "jsonpath={.webhooks} {.metadata.ownerReferences}")
    }
  }

  func eventually(_ what: String, within limit: TimeInterval = Program.timeout, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: limit)
    while try !condition() {
      guard Date() < deadline else { throw OutputTimeout(expected: what, text: "") }
    }
  }
}

/// Writes settings continuously. The API server calls the webhook for one of them: valid values must be accepted and
/// invalid ones denied by the webhook; the API server does not call the webhook for the other setting.
final class Load: @unchecked Sendable {
  // Sendable: all mutable state is guarded by the lock.

  private let lock = NSLock()
  private var isRunning = true
  private var codes: [String: Int] = [:]
  private let running = DispatchGroup()

  init(on plane: ControlPlane, _ kinds: [String] = ["good", "bad", "other"]) throws {
    let token = try plane.kubectl("config", "view", "--raw", "-o", "jsonpath={.users[0].user.token}")
    for kind in kinds {
      let value = kind == "bad" ? LiveCluster.bad : LiveCluster.good
      let body = String(decoding: try JSONEncoder().encode(["value": value]), as: UTF8.self)
      let name = kind == "other" ? "other" : "storage-network"
      let url = "\(plane.url)/apis/harvesterhci.io/v1beta1/settings/\(name)?dryRun=All&n=[1-20]"
      let arguments = [
        "--silent", "--insecure", "--noproxy", "*", "--max-time", "60", "--output", "/dev/null", "--write-out",
        "%{http_code}\n", "--request", "PATCH", "--header", "Authorization: Bearer \(token)", "--header",
        "Content-Type: application/merge-patch+json", "--data", body, url,
      ]
      running.enter()
      Thread { [self] in
        while lock.withLock({ isRunning }) {
          let output = (try? Program.run("curl", arguments).output) ?? "no curl\n"
          for code in output.split(separator: "\n") { lock.withLock { codes["\(kind) \(code)", default: 0] += 1 } }
        }
        running.leave()
      }.start()
    }
  }

  /// The number of responses of each kind, for example `good 200`.
  var counts: [String: Int] { lock.withLock { codes } }

  func stop() -> [String: Int] {
    lock.withLock { isRunning = false }
    running.wait()
    return counts
  }

  /// Waits for a number of further responses of each kind.
  func more(_ count: Int, _ kinds: [String] = ["good 200", "bad 422", "other 200"]) throws {
    let before = counts
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    func grew(_ kind: String) -> Bool { (counts[kind] ?? 0) >= (before[kind] ?? 0) + count }
    // Starting a process each time limits the rate.
    while !kinds.allSatisfy(grew) {
      guard Date() < deadline else { throw LiveCluster.ConditionTimeout(what: "load", log: "\(counts)") }
      _ = try Program.run("true", [])
    }
  }
}
