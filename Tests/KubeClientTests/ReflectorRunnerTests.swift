import ClusterState
import Foundation
import Rules
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

@Suite struct `Following a cluster over TLS` {
  static let machines = "/apis/kubevirt.io/v1/virtualmachineinstances"
  static let emptyList = #"{"metadata":{"resourceVersion":"5"},"items":[]}"#

  static let nodes = #"{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"node-0"}}]}"#
  static let pools = "/apis/whereabouts.cni.cncf.io/v1alpha1/ippools"
  static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

  /// Everything is installed, and nothing is there but a node.
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

  /// Lets the watch run until it is so.
  func follow(_ watch: ReflectorRunner, until isSo: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    var failure: (any Error)?
    watch.run {
      do {
        return try !isSo() && Date() < deadline
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    try #require(try isSo(), "it took too long")
  }

  @Test func `lists every kind, then watches it; an event counts`() throws {
    let server = try StubAPIServer(certificates, answer: Self.idle)
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
    try follow(watch) { try cluster.currentFacts().facts.runningInstances.map(\.name) == ["web-1"] }
    server.push(Self.event("DELETED", "web-1", version: 7), to: Self.machines)
    try follow(watch) { try cluster.currentFacts().facts.runningInstances.isEmpty }
  }

  @Test func `when every connection breaks, each watch goes on behind what it has seen`() throws {
    let server = try StubAPIServer(certificates, answer: Self.idle)
    let cluster = SharedClusterCache(staleness: .seconds(120))
    let watch = ReflectorRunner(access(to: server), into: cluster)
    server.push(Self.event("ADDED", "web-1", version: 66), to: Self.machines)
    try follow(watch) { try cluster.unavailableError == nil && !cluster.currentFacts().facts.runningInstances.isEmpty }
    server.breakConnections()
    try follow(watch) { server.requests.contains { $0.path.contains("resourceVersion=66&") } }
    #expect(server.requests.filter { !$0.isWatch }.count == WatchedKind.allCases.count)
    #expect(try cluster.currentFacts().facts.runningInstances.map(\.name) == ["web-1"])
  }

  @Test func `a kind that is not installed and one that is forbidden are told apart`() throws {
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

  @Test func `a server without nodes is none, whatever else it answers`() throws {
    let everywhere404 = try StubAPIServer(certificates) { _ in .whole(404, "404 page not found\n") }
    let error = #expect(throws: KubeError.self) {
      try ReflectorRunner(self.access(to: everywhere404), into: SharedClusterCache(staleness: .seconds(120))).listOnce()
    }
    #expect(error?.description == "the server at \(everywhere404.url) has no nodes (404); is the path right?")

    let empty = try StubAPIServer(certificates) { request in request.isWatch ? .stream : .whole(200, Self.emptyList) }
    let reason = #expect(throws: KubeError.self) {
      try ReflectorRunner(self.access(to: empty), into: SharedClusterCache(staleness: .seconds(120))).listOnce()
    }
    #expect(reason?.description == "the server at \(empty.url) has no nodes; is the path right?")
  }

  @Test func `a kind that is installed while it is followed is listed at once`() throws {
    let isInstalled = Mutex(false)
    let server = try StubAPIServer(certificates) { request in
      let answers = isInstalled.withLock { $0 } || request.name != Self.pools
      return answers ? Self.idle(request) : .whole(404, "404 page not found\n")
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
    // A kind that is not installed is looked for every 30 s.
    #expect(Date().timeIntervalSince(start) < 20)
  }

  @Test func `a rotated token is used for the next request, and a refused one is read again`() throws {
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

@Suite struct `Knowing the API server, and being known by it` {
  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  /// Lists everything once; the reason why that failed, or nil.
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
      answer: `Following a cluster over TLS`.idle)
  }

  func access(to server: StubAPIServer) -> ClusterAccess {
    var access = ClusterAccess(server: server.url, origin: "test")
    access.caBundle = .file(certificates.authority)
    return access
  }

  @Test func `an authority as data or as a file`() throws {
    let server = try server()
    var access = access(to: server)
    #expect(failure(of: access) == nil)
    access.caBundle = .bytes(try certificates.folder.read("ca.pem"))
    #expect(failure(of: access) == nil)
  }

  @Test func `a server that another authority signed is refused, unless one skips the verification`() throws {
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

  @Test func `a certificate for another name is refused, unless that name is expected`() throws {
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

  @Test func `a client certificate, where the server wants one`() throws {
    let server = try server(requiresCertificate: true)
    var access = access(to: server)
    #expect(failure(of: access) != nil)
    let client = try certificates.client()
    access.user.certificate = .file(client.certificate)
    access.user.key = .file(client.key)
    #expect(failure(of: access) == nil)
  }

  @Test func `a path in front of the API's own`() throws {
    let server = try server()
    var access = access(to: server)
    access.server += "/k8s/clusters/c-1"
    #expect(failure(of: access) == nil)
    #expect(server.requests.allSatisfy { $0.path.hasPrefix("/k8s/clusters/c-1/api") })
  }

  @Test func `a proxy is asked for a tunnel to the server`() throws {
    let proxy = try server(isProxy: true)
    var access = ClusterAccess(server: "https://localhost:6443", origin: "test")
    access.caBundle = .file(certificates.authority)
    access.proxy = "http://127.0.0.1:\(proxy.port)"
    #expect(failure(of: access) == nil)
    #expect(Set(proxy.tunnels) == ["localhost:6443"])
  }

  @Test func `nobody there, and credentials that cannot be had`() throws {
    let server = try server()
    server.stop()
    #expect(failure(of: access(to: server))?.contains("connect") == true)
    var access = access(to: server)
    access.user.token = .file("/nowhere/token")
    #expect(failure(of: access)?.hasSuffix("cannot be listed: /nowhere/token: No such file or directory") == true)
  }
}
