import Foundation
import TestSupport
import Testing

/// The image's root, assembled as in the Dockerfile, with the program run from it: no files but the image's and those
/// that the kubelet mounts into every pod.
@Suite(.enabled(if: ImageRoot.isPossible, "no user and mount namespaces, or no dpkg"))
struct `Root file system of the image` {
  let root: ImageRoot

  init() throws {
    root = try ImageRoot()
  }

  @Test func `the image has the program, its libraries, the package list for scanners, and nothing else`() throws {
    let files = try #require(FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String })
    let kinds = files.filter { !root.isFolder($0) }.map { file in
      if file == String(ImageRoot.program.dropFirst()) { return "program" }
      if file.hasPrefix("var/lib/dpkg/status.d/") { return "package" }
      return file.contains(".so") ? "library" : file
    }
    #expect(Set(kinds) == ["program", "library", "package", "etc/os-release"])
    #expect(FileManager.default.fileExists(atPath: root.path + "/var/lib/dpkg/status.d/libcurl4"))
  }

  @Test func `the program runs in the image as an unprivileged user without write access`() throws {
    let version = try root.run(["--version"])
    #expect(version.exitCode == 0, "\(version.errors)")
    let plan = try root.run(["plan", "--nodes", "3", "--disks", "3", "--range", "192.168.0.0/26", "--svg", "/x.svg"])
    #expect(plan.exitCode == 2)
    #expect(plan.errors.contains("/x.svg"))
  }

  @Test func `the image shows no file of the host`() throws {
    let run = try root.run(["check", "--cluster-snapshot", Repository.path("manifests/example"), "--value", ""])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("No such file or directory"))
  }

  @Test func `check with a snapshot runs in the image`() throws {
    try root.add(Repository.text("manifests/example/cluster.yaml"), at: "cluster/cluster.yaml")
    let value = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#
    let good = try root.run(["check", "--cluster-snapshot", "/cluster", "--value", value])
    #expect(good.exitCode == 0, "\(good.output)\(good.errors)")
    let bad = try root.run(["check", "--cluster-snapshot", "/cluster", "--value", #"{"vlan":4095}"#])
    #expect(bad.exitCode == 1)
  }

  @Test func `serve with a service account and an API server by name runs in the image`() throws {
    let certificates = try Certificates()
    let server = try StubAPIServer(certificates) { request in
      request.isWatch ? .stream : .list(for: request)
    }
    try root.mountAsKubelet(certificates)
    try root.add(certificates.text("server.pem"), at: "tls/tls.crt")
    try root.add(certificates.text("server.key"), at: "tls/tls.key")
    let program = try root.start(
      [
        "serve", "--listen=127.0.0.1:0", "--tls-certificate=/tls/tls.crt", "--tls-key=/tls/tls.key",
        "--log-format=json",
      ],
      environment: ["KUBERNETES_SERVICE_HOST=localhost", "KUBERNETES_SERVICE_PORT=\(server.port)"])
    let line = try program.errors.waitForLine(with: #""message":"listening""#)
    let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/)).output.1
    let ready = try Program.run(
      "curl",
      [
        "--silent", "--show-error", "--noproxy", "*", "--cacert", certificates.authority, "--retry", "60",
        "--retry-delay", "1", "--retry-all-errors", "--fail", "https://localhost:\(port)/readyz",
      ])
    #expect(ready.exitCode == 0, "\(ready.errors) \(program.errors.text)")
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer pod" })
    program.signal(SIGINT)
    #expect(try program.exitCode() == 0)
  }

  @Test func `the registrar finds the webhook by its Service's name in the image`() throws {
    let certificates = try Certificates()
    let objects = StubObjects()
    let server = try StubAPIServer(certificates) { objects.respond(to: $0) }
    let name = "storage-network-webhook.harvester-system.svc"
    try root.mountAsKubelet(certificates, names: ["localhost", name])
    let pod = ["KUBERNETES_SERVICE_HOST=localhost", "KUBERNETES_SERVICE_PORT=\(server.port)"]

    // Nothing listens at port 1: everything is written, but no pod serves.
    let first = try root.start(["register", "--once", "--probe-url=https://\(name):1"], environment: pod)
    #expect(try first.exitCode() == 1, "\(first.errors.text)")
    for (entry, file) in [("tls.crt", "tls/tls.crt"), ("tls.key", "tls/tls.key")] {
      let text = try #require(try objects.secret(entry))
      try root.add(text, at: file)
    }
    let serve = try root.start(
      [
        "serve", "--listen=127.0.0.1:0", "--tls-certificate=/tls/tls.crt", "--tls-key=/tls/tls.key",
        "--log-format=json",
      ], environment: pod)
    let line = try serve.errors.waitForLine(with: #""message":"listening""#)
    let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/)).output.1

    let registrar = try root.start(
      ["register", "--listen=127.0.0.1:0", "--probe-url=https://\(name):\(port)", "--log-format=json"], environment: pod
    )
    let registered = try registrar.errors.waitForLine(with: #""message":"registered""#)
    #expect(registered.contains(#""validatingFailurePolicy":"Fail""#))
    registrar.signal(SIGTERM)
    #expect(try registrar.exitCode() == 0)
  }
}

/// A folder with the content of the image, used as a root file system.
final class ImageRoot {
  private let folder: TemporaryFolder
  var path: String { folder.path("root") }

  /// The path of the program in the root: that of `IMAGE_PROGRAM`, which links Swift's runtime statically as images have it, or
  /// the program under test.
  static let program = URL(
    filePath: ProcessInfo.processInfo.environment["IMAGE_PROGRAM"] ?? Repository.executable
  ).standardized.path

  init() throws {
    folder = try TemporaryFolder()
    let swift = try Program.run("sh", ["-c", "dirname $(dirname $(readlink -f $(command -v swift)))"])
    let toolchain = swift.output.trimmingCharacters(in: .whitespacesAndNewlines)
    let run = try Program.run(Repository.path(".image/gather"), [Self.program, path, toolchain])
    if run.exitCode != 0 { throw OutputTimeout(expected: "the image's root", text: run.errors) }
    try FileManager.default.createDirectory(atPath: "\(path)/proc", withIntermediateDirectories: true)
  }

  func add(_ text: String, at name: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: false, encoding: .utf8)
  }

  /// The files that every pod has, with any image.
  func mountAsKubelet(_ certificates: Certificates, names: [String] = ["localhost"]) throws {
    try add("127.0.0.1 \(names.joined(separator: " "))\n", at: "etc/hosts")
    try add("nameserver 127.0.0.1\nsearch harvester-system.svc.cluster.local\noptions ndots:5\n", at: "etc/resolv.conf")
    try add("pod\n", at: "var/run/secrets/kubernetes.io/serviceaccount/token")
    try add(certificates.text("ca.pem"), at: "var/run/secrets/kubernetes.io/serviceaccount/ca.crt")
  }

  func isFolder(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder) && isFolder.boolValue
  }

  func start(_ arguments: [String], environment: [String] = []) throws -> Program {
    try Program("env", command(arguments, environment))
  }

  func run(_ arguments: [String]) throws -> Program.Run { try Program.run("env", command(arguments, [])) }

  private func command(_ arguments: [String], _ environment: [String]) -> [String] {
    ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + environment + Self.isolation(path) + [Self.program] + arguments
  }

  /// The folder is bind-mounted to itself so that it can be remounted read-only, then becomes the root of user 65532.
  /// Container runtimes mount /proc, from which Swift reads the command line.
  private static func isolation(_ path: String) -> [String] {
    let script = """
      mount --bind "$1" "$1" && mount --rbind /proc "$1/proc" && mount -o remount,bind,ro "$1" && root=$1 && shift &&
      exec unshare --user --map-user=65532 --map-group=65532 --root="$root" --wd=/ "$@"
      """
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", path]
  }

  static let isPossible: Bool = {
    let attempt = try? Program.run("unshare", ["--user", "--map-root-user", "--mount", "unshare", "--user", "true"])
    return attempt?.exitCode == 0 && Program.isInstalled("dpkg-query")
  }()
}
