import ClusterState
import Foundation
import Rules
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

@Suite struct `Reflectors over TLS` {
  static let machines = "/apis/kubevirt.io/v1/virtualmachineinstances"
  static let emptyList = #"{"metadata":{"resourceVersion":"5"},"items":[]}"#

  static let nodes = #"{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"node-0"}}]}"#
  static let pools = "/apis/whereabouts.cni.cncf.io/v1alpha1/ippools"
  static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

  /// Everything is installed, and the only object is a node.
  static let idle: @Sendable (StubAPIServer.Request) -> StubAPIServer.Reply = { request in
    request.isWatch ? .stream : .whole(200, request.name.hasSuffix("/api/v1/nodes") ? nodes : emptyList)
  }

  static func event(_ type: String, _ name: String, version: Int) -> String {
    #"{"type":"\#(type)","object":{"metadata":{"name":"\#(name)","namespace":"default","resourceVersion":"\#(version)"}}}"#
      + "\n"
  }

  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  func access(to server: StubAPIServer) -> ClusterAccess {
    var access = ClusterAccess(server: server.url, origin: "test")
    access.caBundle = .file(certificates.authority)
    access.user.token = .bytes(Array("abc".utf8))
    return access
  }

  /// Runs the watch until the condition is true.
  func follow(_ watch: ReflectorRunner, until condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    var failure: (any Error)?
    watch.run {
      do {
        return try !condition() && Date() < deadline
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    try #require(try condition(), "it took too long")
  }

  @Test func `every kind is listed and watched, and an event changes the facts`() throws {
    let server = try StubAPIServer(certificates, handler: Self.idle)
    let cluster = SharedClusterCache(staleness: .seconds(120))
    let watch = ReflectorRunner(access(to: server), into: cluster)
    try follow(watch) { cluster.unavailableError == nil && server.requests.count == 2 * WatchedKind.allCases.count }
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer abc" })
    let definitions = server.requests.filter { $0.name.hasSuffix("/customresourcedefinitions") }
    #expect(
      definitions.map { $0.headers["accept"] } == [
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
      ])

    server.push(Self.event("ADDED", "web-1", version: 6), to: Self.machines)
    try follow(watch) { try cluster.currentFacts().facts.unstoppedMachines.first.map(\.name) == ["web-1"] }
    server.push(Self.event("DELETED", "web-1", version: 7), to: Self.machines)
    try follow(watch) { try cluster.currentFacts().facts.unstoppedMachines.count == 0 }
  }

  @Test func `after all connections break, each watch resumes after its last event`() throws {
    let server = try StubAPIServer(certificates, handler: Self.idle)
    let cluster = SharedClusterCache(staleness: .seconds(120))
    let watch = ReflectorRunner(access(to: server), into: cluster)
    server.push(Self.event("ADDED", "web-1", version: 66), to: Self.machines)
    try follow(watch) {
      try cluster.unavailableError == nil && cluster.currentFacts().facts.unstoppedMachines.count > 0
    }
    server.breakConnections()
    try follow(watch) { server.requests.contains { $0.path.contains("resourceVersion=66&") } }
    #expect(server.requests.filter { !$0.isWatch }.count == WatchedKind.allCases.count)
    #expect(try cluster.currentFacts().facts.unstoppedMachines.first.map(\.name) == ["web-1"])
  }

  @Test func `a kind that is not installed and a forbidden one are distinguished`() throws {
    let server = try StubAPIServer(certificates) { request in
      switch request.name {
      case Self.pools: .whole(404, "404 page not found\n")
      case "/apis/harvesterhci.io/v1beta1/settings":
        .whole(403, #"{"kind":"Status","message":"forbidden: User \"x\"","code":403}"#)
      default: Self.idle(request)
      }
    }
    let cluster = SharedClusterCache(staleness: .seconds(120))
    try ReflectorRunner(access(to: server), into: cluster).listOnce()
    #expect(
      cluster.unavailableError?.message
        == "the cluster's state is unknown: settings.harvesterhci.io: forbidden: the webhook's ServiceAccount must be "
        + "allowed to list settings in the API group harvesterhci.io")
    #expect(cluster.kinds[WatchedKind.addressPool.rawValue].status.state == .notInstalled)
    #expect(server.requests.filter(\.isWatch).isEmpty)
  }

  @Test func `a server without nodes is rejected`() throws {
    let everywhere404 = try StubAPIServer(certificates) { _ in .whole(404, "404 page not found\n") }
    let error = #expect(throws: KubeError.self) {
      try ReflectorRunner(self.access(to: everywhere404), into: SharedClusterCache(staleness: .seconds(120))).listOnce()
    }
    #expect(
      error?.description == "the server at \(everywhere404.url) has no nodes (404); is the path of its URL right?")

    let empty = try StubAPIServer(certificates) { request in request.isWatch ? .stream : .whole(200, Self.emptyList) }
    let reason = #expect(throws: KubeError.self) {
      try ReflectorRunner(self.access(to: empty), into: SharedClusterCache(staleness: .seconds(120))).listOnce()
    }
    #expect(reason?.description == "the server at \(empty.url) has no nodes; is the path of its URL right?")
  }

  @Test func `a kind that is installed later is listed at once`() throws {
    let isInstalled = Mutex(false)
    let server = try StubAPIServer(certificates) { request in
      let isServed = isInstalled.withLock { $0 } || request.name != Self.pools
      return isServed ? Self.idle(request) : .whole(404, "404 page not found\n")
    }
    let cluster = SharedClusterCache(staleness: .seconds(120))
    let watch = ReflectorRunner(access(to: server), into: cluster)
    var state: ReflectorStatus.SyncState { cluster.kinds[WatchedKind.addressPool.rawValue].status.state }
    try follow(watch) { cluster.unavailableError == nil && state == .notInstalled }
    isInstalled.withLock { $0 = true }
    let start = Date()
    let definition = #"{"metadata":{"name":"ippools.whereabouts.cni.cncf.io","resourceVersion":"6"}}"#
    server.push(#"{"type":"ADDED","object":\#(definition)}"# + "\n", to: Self.definitions)
    try follow(watch) { state == .synced && cluster.unavailableError == nil }
    // A kind that is not installed is listed every 30 s.
    #expect(Date().timeIntervalSince(start) < 20)
  }

  @Test func `a rotated token is used for the next request, and a rejected one is read again`() throws {
    let token = certificates.folder.path("token")
    try certificates.folder.write("old", to: "token")
    let server = try StubAPIServer(certificates) { request in
      request.isWatch && request.headers["authorization"] != "Bearer new" ? .whole(401, "") : Self.idle(request)
    }
    var access = access(to: server)
    access.user.token = .file(token)
    let cluster = SharedClusterCache(staleness: .seconds(120))
    let watch = ReflectorRunner(access, into: cluster)
    try follow(watch) { cluster.unavailableError == nil && server.requests.contains(where: \.isWatch) }
    try certificates.folder.write("new", to: "token")
    try follow(watch) { server.requests.count { $0.isWatch && $0.headers["authorization"] == "Bearer new" } > 10 }
  }
}

@Suite struct `Authentication of server and client` {
  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  /// Lists everything once; returns the error, or nil.
  func failure(of access: ClusterAccess) -> String? {
    do {
      try ReflectorRunner(access, into: SharedClusterCache(staleness: .seconds(120))).listOnce()
      return nil
    } catch {
      return error.description
    }
  }

  func server(presenting name: String = "server", requiresCertificate: Bool = false, isProxy: Bool = false) throws
    -> StubAPIServer
  {
    try StubAPIServer(
      certificates, presenting: name, requiresCertificate: requiresCertificate, isProxy: isProxy,
      handler: `Reflectors over TLS`.idle)
  }

  func access(to server: StubAPIServer) -> ClusterAccess {
    var access = ClusterAccess(server: server.url, origin: "test")
    access.caBundle = .file(certificates.authority)
    return access
  }

  @Test func `the CA is data or a file`() throws {
    let server = try server()
    var access = access(to: server)
    #expect(failure(of: access) == nil)
    access.caBundle = .bytes(try certificates.folder.read("ca.pem"))
    #expect(failure(of: access) == nil)
  }

  @Test func `a server certificate of another CA is rejected unless verification is skipped`() throws {
    let server = try server()
    var access = access(to: server)
    let others = try Certificates()
    access.caBundle = .file(others.authority)
    #expect(failure(of: access)?.contains("certificate") == true)
    access.caBundle = nil
    #expect(failure(of: access)?.contains("certificate") == true)
    access.skipsVerification = true
    #expect(failure(of: access) == nil)
  }

  @Test func `a certificate for another name is rejected unless that name is expected`() throws {
    try certificates.openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=other", "-keyout",
      certificates.folder.path("other.key"), "-out", certificates.folder.path("other.csr"))
    try certificates.folder.write("subjectAltName=DNS:api.cluster.example\n", to: "other.ext")
    try certificates.openssl(
      "x509", "-req", "-in", certificates.folder.path("other.csr"), "-CA", certificates.authority, "-CAkey",
      certificates.folder.path("ca.key"), "-days", "2", "-extfile", certificates.folder.path("other.ext"), "-out",
      certificates.folder.path("other.pem"))
    let server = try server(presenting: "other")
    var access = access(to: server)
    #expect(failure(of: access)?.contains("127.0.0.1") == true)
    access.serverName = "api.cluster.example"
    #expect(failure(of: access) == nil)
    #expect(server.requests.allSatisfy { $0.headers["host"] == "127.0.0.1:\(server.port)" })
  }

  @Test func `a client certificate is sent if the server requests one`() throws {
    let server = try server(requiresCertificate: true)
    var access = access(to: server)
    #expect(failure(of: access) != nil)
    let client = try certificates.client()
    access.user.certificate = .file(client.certificate)
    access.user.key = .file(client.key)
    #expect(failure(of: access) == nil)
  }

  @Test func `the server URL may have a path`() throws {
    let server = try server()
    var access = access(to: server)
    access.server += "/k8s/clusters/c-1"
    #expect(failure(of: access) == nil)
    #expect(server.requests.allSatisfy { $0.path.hasPrefix("/k8s/clusters/c-1/api") })
  }

  @Test func `a proxy opens a tunnel to the server`() throws {
    let proxy = try server(isProxy: true)
    var access = ClusterAccess(server: "https://localhost:6443", origin: "test")
    access.caBundle = .file(certificates.authority)
    access.proxy = "http://127.0.0.1:\(proxy.port)"
    #expect(failure(of: access) == nil)
    #expect(Set(proxy.tunnels) == ["localhost:6443"])
  }

  @Test func `an unreachable server and unreadable credentials are reported`() throws {
    let server = try server()
    server.stop()
    #expect(failure(of: access(to: server))?.contains("connect") == true)
    var access = access(to: server)
    access.user.token = .file("/nowhere/token")
    #expect(failure(of: access)?.hasSuffix("cannot be listed: /nowhere/token: No such file or directory") == true)
  }
}
