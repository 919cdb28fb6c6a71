import CertificateCustody
import Foundation
import Logging
import TestSupport
import Testing

@testable import WebhookServer

@Suite(
  .serialized,
  .enabled(if: ControlPlane.isAvailable, "KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver"))
struct `An installation` {
  @Test func `from nothing to a new authority under load, not one call fails`() throws {
    let context = try InstalledBench()
    #expect(try context.policy("validatingwebhookconfiguration") == "Ignore", "nothing is refused yet")

    // Sixty-one days ago it was installed: the pair is due, and the API server still takes it.
    try ensureInThePast(context, days: 61)
    try context.mount()
    let old = try context.folder.read("tls.pem")
    let pod = try context.startPod()
    context.balancer.use([pod.port])
    let load = try Load(on: context.plane)
    try load.more(20)

    // The daily run: the webhook answers, so it is enforced; the pair is renewed.
    let daily = try context.ensureCertificates()
    #expect(try daily.exitCode() == 0, "\(daily.errors.text)")
    #expect(try context.policy("validatingwebhookconfiguration") == "Fail")
    #expect(try context.policy("mutatingwebhookconfiguration") == "Ignore")
    try context.mount()
    #expect(try context.folder.read("tls.pem") != old)
    try pod.program.errors.waitForLine(with: "certificate reloaded")
    try load.more(40)

    // Another authority; the pods follow late.
    let rotation = try context.ensureCertificates("--rotate-authority")
    try rotation.errors.waitForLine(with: "let the API server trust the authority", after: 1)
    try load.more(20)
    #expect(try rotation.exitCode() == 0, "\(rotation.errors.text)")
    try load.more(40)
    try context.mount()
    try pod.program.errors.waitForLine(with: "certificate reloaded", after: 1)
    try load.more(40)

    let counts = load.stopImmediately()
    #expect(Set(counts.keys) == ["good 200", "bad 422"], "\(counts)")
  }

  @Test func `replacing both instances one after the other under load, not one call fails`() throws {
    let context = try InstalledBench()
    let ensuring = try context.ensureCertificates()
    try ensuring.errors.waitForLine(with: "sign a serving certificate")
    try context.mount()
    var pods = [try context.startPod(), try context.startPod()]
    context.balancer.use(pods.map(\.port))
    #expect(try ensuring.exitCode() == 0, "\(ensuring.errors.text)")
    #expect(try context.policy("validatingwebhookconfiguration") == "Fail")

    let load = try Load(on: context.plane)
    try load.more(40)
    for _ in 0..<2 {
      // As the Deployment does it: maxSurge 1, maxUnavailable 0.
      pods.append(try context.startPod())
      context.balancer.use(pods.map(\.port))
      let leaving = pods.removeFirst()
      leaving.program.signal(SIGTERM)
      // Proxies learn of it a little later than the pod itself.
      try leaving.program.errors.waitForLine(with: #""event":"stopping""#)
      context.balancer.use(pods.map(\.port))
      #expect(try leaving.program.exitCode() == 0)
      try load.more(40)
    }
    let counts = load.stopImmediately()
    #expect(Set(counts.keys) == ["good 200", "bad 422"], "\(counts)")
  }

  private func ensureInThePast(_ context: InstalledBench, days: Int64) throws {
    let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let source = try LiveSource(
      kubeconfig: context.plane.folder.path("job"), tlsContext: nil, staleness: .seconds(120))
    let terms = CustodyTerms(
      namespace: "harvester-system", secret: "storage-network-webhook-tls", service: "storage-network-webhook",
      configuration: "storage-network-webhook", enforces: false)
    let then = Int64(Date.now.timeIntervalSince1970) - days * 86_400
    try CertificateKeeping(of: source, terms, webhook: nil, clock: { then }, log: log).ensure(rotating: false)
  }
}

@Suite(
  .serialized,
  .enabled(if: ControlPlane.isAvailable, "KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver"))
struct `The overlays` {
  /// Kinds of other projects, as far as an API server has to know them.
  static let strangers = [
    ("cert-manager.io", "v1", "certificates", "Certificate"), ("cert-manager.io", "v1", "issuers", "Issuer"),
    ("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"),
    ("monitoring.coreos.com", "v1", "prometheusrules", "PrometheusRule"),
  ].map { DefinitionFixture(group: $0.0, version: $0.1, plural: $0.2, kind: $0.3) }

  @Test func `of every overlay are taken without a warning, and deleted without a trace`() throws {
    let plane = try ControlPlane()
    for namespace in ["harvester-system", "cattle-dashboards"] {
      try plane.kubectl("create", "namespace", namespace)
      // Pods that ask for too much are warned about.
      try plane.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted")
    }
    try plane.kubectl("apply", "-f", "-", input: Self.strangers.map(\.manifest).joined(separator: "---\n"))
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")

    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "manifests"), to: folder.url.appending(path: "manifests"))
    for overlay in ["self-managed", "cert-manager"] {
      let mine = folder.url.appending(path: overlay)
      try FileManager.default.createDirectory(at: mine, withIntermediateDirectories: true)
      try folder.write(
        """
        resources: [../manifests/overlays/\(overlay)]
        components: [../manifests/components/monitoring]

        """, to: "\(overlay)/kustomization.yaml")
      for options in [["apply", "--dry-run=server"], ["apply"], ["apply"], ["delete"]] {
        let run = try plane.tryKubectl(options + ["-k", mine.path])
        #expect(run.exitCode == 0, "\(overlay): \(run.errors)")
        #expect(run.errors == "", "\(overlay)")
      }
      #expect(try remains(in: plane) == [], "\(overlay)")
    }
  }

  /// Everything whose name or labels tell that it is the webhook's, of every kind that the API server knows.
  private func remains(in plane: ControlPlane) throws -> [String] {
    let kinds = try plane.kubectl("api-resources", "--verbs=list", "-o", "name").split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("events") && !$0.hasPrefix("componentstatuses") }
    return try plane.kubectl(
      "get", kinds.joined(separator: ","), "--all-namespaces", "--ignore-not-found", "-o", "name"
    ).split(separator: "\n").map(String.init).filter { $0.contains("storage-network") }
  }
}
