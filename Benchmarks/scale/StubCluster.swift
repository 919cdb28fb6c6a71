import Foundation
import TestSupport

/// The API server stub of the tests, which serves lists in pages.
final class StubCluster: BenchmarkCluster {
  private let certificates: Certificates
  private let server: StubAPIServer
  let kubeconfig: String
  private let objects: GeneratedObjects
  private var phases = Phases()
  private var version = 2

  init(objects count: Int) throws {
    let objects = GeneratedObjects(count: max(1, count / 2))
    self.objects = objects
    certificates = try Certificates()
    server = try StubAPIServer(certificates, endsWatches: true) { request in
      if request.isWatch { return .stream }
      switch request.name {
      case Self.instances: return Self.page(of: request, objects.count) { objects.instance($0) }
      case Self.volumes: return Self.page(of: request, objects.count) { objects.volume($0) }
      default: return .list(for: request)
      }
    }
    kubeconfig = try server.writeKubeconfig(with: certificates)
  }

  private static let instances = "/apis/kubevirt.io/v1/virtualmachineinstances"
  private static let volumes = "/apis/longhorn.io/v1beta2/volumes"

  func change(_ number: Int, isRelevant: Bool) {
    version += 1
    let phase = phases.next(of: number % objects.count, isRelevant: isRelevant)
    let object = objects.instance(number, phase: phase, version: version, note: version)
    server.push(#"{"type":"MODIFIED","object":\#(object)}"# + "\n", to: Self.instances)
  }

  private static func page(
    of request: StubAPIServer.Request, _ count: Int, _ object: (Int) -> String
  ) -> StubAPIServer.Reply {
    func parameter(_ name: String) -> Int? {
      let items = URLComponents(string: request.path)?.queryItems
      return items?.first { $0.name == name }?.value.flatMap { Int($0) }
    }
    let start = parameter("continue") ?? 0
    let end = min(count, start + (parameter("limit") ?? count))
    let next = end < count ? #","continue":"\#(end)""# : ""
    let items = (start..<end).map(object).joined(separator: ",")
    return .whole(200, #"{"metadata":{"resourceVersion":"2"\#(next)},"items":[\#(items)]}"#)
  }
}
