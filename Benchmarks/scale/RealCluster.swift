import Foundation
import TestSupport

/// A real etcd and kube-apiserver with generated objects.
final class RealCluster: BenchmarkCluster {
  private let plane: ControlPlane
  private let connection: HTTPSConnection
  private let objects: GeneratedObjects
  private var phases = Phases()
  private var changes = 0

  init(_ assets: ControlPlane.Assets, objects count: Int) throws {
    plane = try ControlPlane(assets)
    objects = GeneratedObjects(count: max(1, count / 2))
    for namespace in ["harvester-system", "longhorn-system"] { try plane.kubectl("create", "namespace", namespace) }
    try plane.kubectl("apply", "-f", "-", input: DefinitionFixture.all.map(\.manifest).joined(separator: "---\n"))
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    try plane.kubectl(
      "create", "-f", "-", input: #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1"}}"#)
    connection = try plane.connect()
    for number in 0..<objects.count {
      try send("POST", GeneratedObjects.volumes, objects.volume(number))
      // A new object has no resourceVersion.
      let instance = objects.instance(number).replacing(#""resourceVersion":"1","#, with: "")
      try send("POST", GeneratedObjects.instances, instance)
    }
  }

  var kubeconfig: String { plane.folder.path("admin") }

  func change(_ number: Int, isRelevant: Bool) throws {
    changes += 1
    let phase = phases.next(of: number % objects.count, isRelevant: isRelevant)
    try send(
      "PATCH", "\(GeneratedObjects.instances)/\(objects.name(number))",
      #"{"metadata":{"annotations":{"note":"\#(changes)"}},"status":{"phase":"\#(phase)"}}"#)
  }

  private func send(_ method: String, _ path: String, _ body: String) throws {
    let type = method == "PATCH" ? "application/merge-patch+json" : "application/json"
    try connection.send(
      """
      \(method) \(path) HTTP/1.1\r
      Host: localhost\r
      Authorization: Bearer \(ControlPlane.adminToken)\r
      Content-Type: \(type)\r
      Content-Length: \(body.utf8.count)\r
      \r
      \(body)
      """)
    let response = try connection.receiveResponse()
    guard 200..<300 ~= response.status else {
      throw Failure(description: "\(method) \(path): \(response.status) \(response.body)")
    }
  }
}

extension ControlPlane {
  fileprivate func connect() throws -> HTTPSConnection {
    guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else { throw Failure(description: url) }
    return try HTTPSConnection(
      port: port, ClientContext(authority: folder.path("certificates/apiserver.crt")))
  }
}
