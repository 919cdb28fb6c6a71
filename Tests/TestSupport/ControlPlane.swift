internal import Foundation

/// A real etcd and kube-apiserver on ports of this machine, with all files in a temporary folder.
///
/// `KUBEBUILDER_ASSETS` is the folder with both programs, as in envtest, and
/// `KUBEBUILDER_ASSETS_OLD` one with an old Kubernetes (1.24 to 1.27). `kubectl` and `kube-controller-manager` are
/// taken from there too, if they exist.
public final class ControlPlane {
  /// A folder with the programs of one Kubernetes version.
  public struct Assets: CustomStringConvertible, Sendable {
    public let path: String
    /// Whether the version has matchConditions.
    public let isNew: Bool

    public var description: String { path }
    public func has(_ program: String) -> Bool { FileManager.default.isExecutableFile(atPath: "\(path)/\(program)") }
    public var isWhole: Bool { has("etcd") && has("kube-apiserver") }
    public var kubectl: String { has("kubectl") ? "\(path)/kubectl" : "kubectl" }

    init?(_ variable: String, isNew: Bool) {
      guard let path = ProcessInfo.processInfo.environment[variable] else { return nil }
      (self.path, self.isNew) = (path, isNew)
    }

    public static let newest = Assets("KUBEBUILDER_ASSETS", isNew: true)
    /// The versions that are installed.
    public static let all = [newest, Assets("KUBEBUILDER_ASSETS_OLD", isNew: false)].compactMap(\.self).filter(
      \.isWhole)
  }

  public let assets: Assets
  public let folder: TemporaryFolder
  public let url: String
  private let etcd: Program
  private let etcdURL: String
  private let port: Int
  private var apiServer: Program?
  private var garbageCollector: Program?

  public static var isAvailable: Bool { Assets.newest?.isWhole == true }

  public init(_ assets: Assets? = .newest) throws {
    guard let assets else { throw POSIXError(.ENOENT) }
    self.assets = assets
    folder = try TemporaryFolder()
    let ports = try FreePorts(2).numbers
    port = ports[0]
    url = "https://127.0.0.1:\(port)"
    etcdURL = "http://127.0.0.1:\(ports[1])"
    etcd = try Program(
      "\(assets.path)/etcd",
      [
        "--name=default", "--data-dir=\(folder.path("etcd"))", "--unsafe-no-fsync",
        "--listen-client-urls=\(etcdURL)", "--advertise-client-urls=\(etcdURL)",
        "--listen-peer-urls=http://127.0.0.1:0", "--log-level=info",
      ])
    try etcd.errors.wait(forText: "ready to serve client requests")
    try makeKeys()
    try startAPIServer()
    try folder.write(kubeconfig(user: "token: \(Self.adminToken)"), to: "admin")
  }

  deinit {
    garbageCollector?.signal(SIGKILL)
    apiServer?.signal(SIGKILL)
    etcd.signal(SIGKILL)
  }

  /// The token of a member of system:masters.
  public static let adminToken = UUID().uuidString

  private func makeKeys() throws {
    for arguments in [
      ["genrsa", "-out", folder.path("accounts.key"), "2048"],
      ["rsa", "-in", folder.path("accounts.key"), "-pubout", "-out", folder.path("accounts.pub")],
    ] {
      let run = try Program.run("openssl", arguments)
      guard run.exitCode == 0 else { throw ProgramFailure(what: "openssl", run: run) }
    }
    try folder.write("\(Self.adminToken),admin,admin,system:masters\n", to: "tokens.csv")
  }

  public func startAPIServer() throws {
    apiServer = try Program(
      "\(assets.path)/kube-apiserver",
      [
        "--etcd-servers=\(etcdURL)", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
        "--secure-port=\(port)", "--endpoint-reconciler-type=none", "--cert-dir=\(folder.path("certificates"))",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-account-key-file=\(folder.path("accounts.pub"))",
        "--service-account-signing-key-file=\(folder.path("accounts.key"))",
        "--service-cluster-ip-range=10.53.0.0/16", "--authorization-mode=RBAC",
        "--token-auth-file=\(folder.path("tokens.csv"))", "--disable-admission-plugins=ServiceAccount",
        "--allow-privileged=true",
      ])
    let ready = try Program.run(
      "curl",
      [
        "--silent", "--show-error", "--fail", "--insecure", "--noproxy", "*", "--retry", "120", "--retry-delay", "1",
        "--retry-all-errors", "--max-time", "120", "\(url)/readyz",
      ])
    guard ready.exitCode == 0 else { throw ProgramFailure(what: "kube-apiserver", run: ready) }
  }

  /// Runs the garbage collector only, which deletes objects without owners.
  public func startGarbageCollector() throws {
    garbageCollector = try Program(
      "\(assets.path)/kube-controller-manager",
      [
        "--kubeconfig=\(folder.path("admin"))", "--authentication-kubeconfig=\(folder.path("admin"))",
        "--authorization-kubeconfig=\(folder.path("admin"))", "--leader-elect=false", "--secure-port=0",
        "--controllers=\(assets.isNew ? "garbage-collector-controller" : "garbagecollector")",
      ])
  }

  /// Kills the API server.
  public func killAPIServer() throws {
    apiServer?.signal(SIGKILL)
    _ = try apiServer?.exitCode()
    apiServer = nil
  }

  /// - Parameter user: The fields of the user's entry.
  public func kubeconfig(user: String) -> String {
    KubeconfigFixture.text(server: url, authority: "certificates/apiserver.crt", user: user)
  }
}

extension ControlPlane {
  /// Runs kubectl as administrator; it may fail.
  public func tryKubectl(_ arguments: [String], input: String = "", environment: [String] = []) throws -> Program.Run {
    let command = [assets.kubectl, "--kubeconfig", folder.path("admin"), "--cache-dir", folder.path("cache")]
    return try Program.run("env", environment + command + arguments, input: input)
  }

  /// Runs kubectl as administrator; it must succeed.
  @discardableResult
  public func kubectl(_ arguments: String..., input: String = "") throws -> String {
    let run = try tryKubectl(arguments, input: input)
    guard run.exitCode == 0 else { throw ProgramFailure(what: arguments.joined(separator: " "), run: run) }
    return run.output
  }
}

/// A program that a test needs has failed.
public struct ProgramFailure: Error, CustomStringConvertible {
  let what: String
  let run: Program.Run

  public init(what: String, run: Program.Run) {
    self.what = what
    self.run = run
  }

  public var description: String { "\(what): \(run.exitCode) \(run.output) \(run.errors)" }
}

/// Ports that the kernel has chosen; all are reserved before the first is released, so that they differ.
public struct FreePorts {
  public let numbers: [Int]

  public init(_ count: Int) throws {
    let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    defer { for socket in sockets { close(socket) } }
    numbers = try sockets.map { socket in
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          bind(socket, address, length) == 0 ? getsockname(socket, address, &length) : -1
        }
      }
      guard result == 0 else { throw POSIXError(.EADDRINUSE) }
      return Int(UInt16(bigEndian: address.sin_port))
    }
  }
}
