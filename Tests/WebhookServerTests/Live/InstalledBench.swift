import Foundation
import TestSupport
import Testing

/// A cluster into which the manifests are installed. Pods and the Service's network are played: the Service leads to
/// this machine, and what the kubelet would mount is copied.
final class InstalledBench: @unchecked Sendable {
  // Sendable: a test uses its own bench; the load's threads only call what reads.

  let plane: ControlPlane
  let folder: TemporaryFolder
  /// Where the API server finds the webhook.
  let balancer: Balancer

  init() throws {
    plane = try ControlPlane()
    folder = try TemporaryFolder()
    balancer = try Balancer()
    try plane.kubectl("create", "namespace", "harvester-system")
    let setting = try #require(DefinitionFixture.all.first { $0.name == "settings.harvesterhci.io" })
    try plane.kubectl("apply", "-f", "-", input: setting.manifest)
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    try plane.kubectl(
      "create", "-f", "-",
      input: "apiVersion: harvesterhci.io/v1beta1\nkind: Setting\nmetadata: {name: storage-network}\nvalue: \"\"\n")
    try plane.kubectl("apply", "-k", Repository.path("manifests/overlays/self-managed"))
    try routeService()
    let token = try plane.kubectl(
      "create", "token", "storage-network-webhook-certificates", "--namespace", "harvester-system")
    try plane.folder.write(plane.kubeconfig(user: "token: \(token)"), to: "job")
  }

  /// The API server goes to an external name by itself, and expects the Service's name in the certificate as always.
  private func routeService() throws {
    try plane.kubectl("delete", "service", "storage-network-webhook", "--namespace", "harvester-system")
    try plane.kubectl(
      "create", "service", "externalname", "storage-network-webhook", "--external-name", "localhost", "--namespace",
      "harvester-system")
    for kind in ["validatingwebhookconfiguration", "mutatingwebhookconfiguration"] {
      try plane.kubectl(
        "patch", kind, "storage-network-webhook", "--type=json", "-p",
        #"[{"op":"replace","path":"/webhooks/0/clientConfig/service/port","value":\#(balancer.port)}]"#)
    }
  }

  /// `certificates ensure` as the Job runs it, with the Job's rights.
  func ensureCertificates(_ options: String...) throws -> Program {
    try Program(
      Repository.executable,
      [
        "certificates", "ensure", "--namespace", "harvester-system", "--secret", "storage-network-webhook-tls",
        "--service", "storage-network-webhook", "--enforce", "--webhook", "https://127.0.0.1:\(balancer.port)",
        "--kubeconfig", plane.folder.path("job"), "--log-format", "json",
      ] + options)
  }

  /// The pods' volume follows the Secret.
  func mount() throws {
    for (entry, file) in [("tls\\.crt", "tls.pem"), ("tls\\.key", "tls.key")] {
      let data = try plane.kubectl(
        "get", "secret", "storage-network-webhook-tls", "--namespace", "harvester-system", "-o",
        "jsonpath={.data.\(entry)}")
      let bytes = try #require(Data(base64Encoded: data))
      try folder.write(String(decoding: bytes, as: UTF8.self), to: file)
    }
  }

  /// One pod; it serves when this returns.
  func startPod() throws -> Pod {
    let pod = try Pod(
      Program(
        Repository.executable,
        [
          "serve", "--listen", "127.0.0.1:0", "--tls-certificate", folder.path("tls.pem"), "--tls-key",
          folder.path("tls.key"), "--cluster-snapshot", Repository.path("manifests/example/cluster.yaml"),
          "--log-format", "json", "--drain-delay", "1",
        ]))
    return pod
  }

  struct Pod {
    let program: Program
    let port: Int

    init(_ program: Program) throws {
      self.program = program
      port = try LogLine(program.errors.waitForLine(with: #""message":"listening""#)).port
    }
  }

  func policy(_ kind: String) throws -> String {
    try plane.kubectl("get", kind, "storage-network-webhook", "-o", "jsonpath={.webhooks[0].failurePolicy}")
  }
}

/// Writes to the setting without a pause, each of which the API server asks the webhook about: good values, which have to
/// be taken, and bad ones, which have to be refused by the webhook itself.
final class Load: @unchecked Sendable {
  // Sendable: everything that changes is guarded by the lock.

  private let lock = NSLock()
  private var goesOn = true
  private var codes: [String: Int] = [:]
  private let running = DispatchGroup()

  init(on plane: ControlPlane) throws {
    let token = try plane.kubectl("config", "view", "--raw", "-o", "jsonpath={.users[0].user.token}")
    for (name, value) in [("good", LiveBench.good), ("bad", LiveBench.bad)] {
      let body = String(decoding: try JSONEncoder().encode(["value": value]), as: UTF8.self)
      let url = "\(plane.url)/apis/harvesterhci.io/v1beta1/settings/storage-network?dryRun=All&n=[1-20]"
      let arguments = [
        "--silent", "--insecure", "--noproxy", "*", "--max-time", "60", "--output", "/dev/null", "--write-out",
        "%{http_code}\n", "--request", "PATCH", "--header", "Authorization: Bearer \(token)", "--header",
        "Content-Type: application/merge-patch+json", "--data", body, url,
      ]
      running.enter()
      Thread { [self] in
        while lock.withLock({ goesOn }) {
          let output = (try? Program.run("curl", arguments).output) ?? "no curl\n"
          for code in output.split(separator: "\n") { lock.withLock { codes["\(name) \(code)", default: 0] += 1 } }
        }
        running.leave()
      }.start()
    }
  }

  /// How many answers of each kind there have been, such as `good 200`.
  var counts: [String: Int] { lock.withLock { codes } }

  func stop() -> [String: Int] {
    lock.withLock { goesOn = false }
    running.wait()
    return counts
  }

  /// Returns when so many more answers of both kinds have come.
  func more(_ count: Int) throws {
    let before = counts
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    func grew(_ kind: String) -> Bool { (counts[kind] ?? 0) >= (before[kind] ?? 0) + count }
    // A program that is run each time keeps the pace.
    while !grew("good 200") || !grew("bad 422") {
      guard Date() < deadline else { throw LiveBench.NeverSo(what: "load", log: "\(counts)") }
      _ = try Program.run("true", [])
    }
  }
}
