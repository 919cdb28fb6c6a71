import ClusterState
import Foundation
import JSON
import TestSupport
import Testing

@testable import Registration

/// A cluster like the one in `manifests/example`, with the webhook registered as in the manifests.
final class LiveCluster: @unchecked Sendable {
  // Sendable: the tests that share it run serially.

  let plane: ControlPlane
  let server: RunningServer

  @TaskLocal static var current: LiveCluster?

  init() throws {
    plane = try ControlPlane()
    for namespace in ["harvester-system", "longhorn-system"] { try plane.kubectl("create", "namespace", namespace) }
    try plane.kubectl("apply", "-f", "-", input: DefinitionFixture.all.map(\.manifest).joined(separator: "---\n"))
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    try plane.kubectl("apply", "-f", "-", input: Self.objects())
    for manifest in ["service-account", "cluster-role", "cluster-role-binding"] {
      try plane.kubectl("apply", "-f", Repository.path("manifests/base/\(manifest).yaml"))
    }
    let token = try plane.kubectl("create", "token", "storage-network-webhook", "--namespace", "harvester-system")
    try plane.folder.write(token, to: "token")
    try plane.folder.write(plane.kubeconfig(user: "tokenFile: token"), to: "webhook")
    server = try RunningServer(
      source: ["--kubeconfig", plane.folder.path("webhook")], "--max-staleness", "\(Self.staleness)")
    try server.waitUntilReady()
    try plane.kubectl("apply", "-f", "-", input: registration())
    try waitUntilRegistered()
  }

  /// Short, so that tests of outages do not take minutes.
  static let staleness = 10

  static let good = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#
  static let bad = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/33"}"#

  /// All objects of the example except the definitions, which are fixtures.
  private static func objects() throws -> String {
    try Repository.text("manifests/example/cluster.yaml").components(separatedBy: "\n---\n")
      .filter { !$0.contains("kind: CustomResourceDefinition") }.joined(separator: "\n---\n")
  }

  /// The configurations that the registrar writes, with this machine's address in place of the Service.
  func registration() throws -> String {
    let authority = try Data(contentsOf: URL(filePath: server.certificates.authority))
    return try WebhookKind.allCases.map { kind in
      let specification = WebhookSpecification(
        kind: kind, options: RegistrationOptions(), caBundle: Array(authority), failurePolicy: .fail,
        matching: .matchConditions)
      let written = try JSONSerialization.jsonObject(with: Data(specification.webhook.json)) as? [String: Any]
      var webhook = try #require(written)
      webhook["clientConfig"] = [
        "url": "\(server.url)\(kind.servicePath)", "caBundle": authority.base64EncodedString(),
      ]
      let object: [String: Any] = [
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind.kind,
        "metadata": ["name": RegistrationOptions().configuration], "webhooks": [webhook],
      ]
      return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }.joined(separator: "\n")
  }

  /// The API server applies a new configuration within a second or two, without reporting it.
  private func waitUntilRegistered() throws {
    try eventually("the registration is active") { try write(Self.bad, "--dry-run=server").exitCode != 0 }
  }

  func reset() throws {
    try plane.kubectl("delete", "virtualmachineinstances", "--all", "--all-namespaces", "--wait=true")
    try eventually("the machines are deleted") { try server.validate(ExampleReview.text("update-set-value")).isAllowed }
    try plane.kubectl("patch", "setting", "storage-network", "--type=merge", "-p", #"{"value":""}"#)
  }
}

extension LiveCluster {
  /// Writes the setting's value as an operator does.
  func write(_ value: String, _ options: String...) throws -> Program.Run {
    let patch = String(decoding: try JSONEncoder().encode(["value": value]), as: UTF8.self)
    return try plane.tryKubectl(["patch", "setting", "storage-network", "--type=merge", "-p", patch] + options)
  }

  var stored: String {
    get throws { try plane.kubectl("get", "setting", "storage-network", "-o", "jsonpath={.value}") }
  }

  func startMachine(_ name: String) throws {
    try plane.kubectl(
      "create", "-f", "-",
      input: """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachineInstance
        metadata: {name: \(name), namespace: default}
        status: {phase: Running}

        """)
  }

  func stopMachine(_ name: String) throws {
    try plane.kubectl("delete", "virtualmachineinstance", name, "--namespace", "default")
  }

  /// Polls a condition; starting a process each time limits the rate.
  func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    while try !condition() {
      guard Date() < deadline else { throw ConditionTimeout(what: what, log: server.log.text) }
    }
  }

  struct ConditionTimeout: Error, CustomStringConvertible {
    let what: String
    let log: String
    var description: String { "never so: \(what); the log: \(log.suffix(2000))" }
  }
}

/// Starts the cluster for a suite, and stops it after the last test of the suite.
struct LiveClusterTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await LiveCluster.$current.withValue(try LiveCluster(), operation: function)
  }
}
