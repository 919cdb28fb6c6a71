import ClusterState
import Foundation
import Platform
import TestSupport
import Testing

@testable import KubeClient

@Suite struct `The objects for verify over TLS` {
  static let pods = "/api/v1/namespaces/longhorn-system/pods"
  static let nodes = "/api/v1/nodes"
  static let emptyList = #"{"metadata":{"resourceVersion":"5"},"items":[]}"#
  static let aNode = #"{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"harvester-node-0"}}]}"#

  /// The response for kinds that a test does not use: a node, else an empty list.
  static func rest(_ request: StubAPIServer.Request) -> StubAPIServer.Reply {
    .whole(200, request.name == nodes ? aNode : emptyList)
  }

  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  func watcher(of server: StubAPIServer, listsOnly: Bool = true) -> VerifyWatcher {
    var access = ClusterAccess(server: server.url, origin: "test")
    access.caBundle = .file(certificates.authority)
    return VerifyWatcher(access, listsOnly: listsOnly)
  }

  static func page(_ name: String, continuing mark: String) -> String {
    #"{"metadata":{"resourceVersion":"5","continue":"\#(mark)"},"items":[{"metadata":{"name":"\#(name)","namespace":"longhorn-system"}}]}"#
  }

  @Test func `every part is listed page by page, and nothing is watched for one snapshot`() throws {
    let server = try StubAPIServer(certificates) { request in
      guard request.name == Self.pods else { return Self.rest(request) }
      return .whole(
        200, request.path.contains("continue=b") ? Self.page("b", continuing: "") : Self.page("a", continuing: "b"))
    }
    let watcher = watcher(of: server)
    for _ in 1...2 {
      var cluster = try watcher.snapshot()
      #expect(cluster.extraFacts.pods.map(\.name) == ["a", "b"])
    }
    #expect(server.requests.count == VerifySnapshot.parts.count + 1)
    #expect(server.requests.filter(\.isWatch).isEmpty)
  }

  @Test func `a watched snapshot has the events that have arrived, and lists nothing again`() throws {
    let server = try StubAPIServer(certificates) { request in
      if request.isWatch { return .stream }
      return request.name == Self.pods ? .whole(200, Self.page("a", continuing: "")) : Self.rest(request)
    }
    let watcher = watcher(of: server, listsOnly: false)
    var cluster = try watcher.snapshot()
    #expect(cluster.extraFacts.pods.map(\.name) == ["a"])
    server.push(
      #"{"type":"ADDED","object":{"metadata":{"name":"b","namespace":"longhorn-system","resourceVersion":"6"}}}"#
        + "\n",
      to: Self.pods)
    let deadline = MonotonicInstant.now + .seconds(Program.timeout)
    while cluster.extraFacts.pods.count < 2, .now < deadline { cluster = try watcher.snapshot() }
    #expect(cluster.extraFacts.pods.map(\.name) == ["a", "b"])
    #expect(server.requests.count { !$0.isWatch } == VerifySnapshot.parts.count)
  }

  @Test func `an optional kind that the server does not serve has no objects`() throws {
    let optional = ["ippools", "overlappingrangeipreservations", "prometheuses", "alertmanagers"]
    let server = try StubAPIServer(certificates) { request in
      optional.contains { request.name.hasSuffix("/\($0)") } ? .whole(404, "404 page not found\n") : Self.rest(request)
    }
    var cluster = try watcher(of: server).snapshot()
    #expect(cluster.hasNodes)
    #expect(cluster.facts.storageNetwork == nil)
  }

  @Test func `404 for a mandatory kind is an error`() throws {
    let optional = ["ippools", "overlappingrangeipreservations", "prometheuses", "alertmanagers"]
    for part in VerifySnapshot.parts.map(\.plural) where !optional.contains(part) {
      let server = try StubAPIServer(certificates) { request in
        request.name.hasSuffix("/\(part)") ? .whole(404, "404 page not found\n") : Self.rest(request)
      }
      let error = #expect(throws: KubeError.self) { try self.watcher(of: server).snapshot() }
      #expect(error?.description.contains("answered 404; is the path of its URL right") == true)
    }
  }

  @Test func `a server without nodes is rejected`() throws {
    let server = try StubAPIServer(certificates) { _ in .whole(200, Self.emptyList) }
    let error = #expect(throws: KubeError.self) { try self.watcher(of: server).snapshot() }
    #expect(error?.description == "test: the server has no nodes; is the path of its URL right?")
  }

  /// A response to the list of pods, and words of the error.
  static let table: [(code: Int, text: String, words: String)] = [
    (403, #"{"kind":"Status","message":"pods is forbidden","code":403}"#, "answered 403: pods is forbidden"),
    (401, "", "does not accept the credentials"),
    (500, "", "answered 500"),
    (200, "{", "incomplete"),
    (200, #"{"items":[]}"#, "incomplete"),
    (200, #"{"metadata":{"resourceVersion":"5"},"items":[{"a":}]}"#, "what is not JSON"),
  ]

  @Test(arguments: table) func `a failed list is reported with the resource and the reason`(
    _ row: (code: Int, text: String, words: String)
  ) throws {
    let server = try StubAPIServer(certificates) { request in
      request.name == Self.pods ? .whole(row.code, row.text) : Self.rest(request)
    }
    let error = #expect(throws: KubeError.self) { try self.watcher(of: server).snapshot() }
    #expect(
      error?.description.contains("pods of longhorn-system cannot be listed") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(row.words) == true, "\(error?.description ?? "")")
  }

  @Test func `an unreachable server is reported with its origin`() throws {
    let server = try StubAPIServer(certificates) { _ in .whole(200, Self.emptyList) }
    server.stop()
    let error = #expect(throws: KubeError.self) { try self.watcher(of: server).snapshot() }
    #expect(error?.description.hasPrefix("test: ") == true)
  }
}
