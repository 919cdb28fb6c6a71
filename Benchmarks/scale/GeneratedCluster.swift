import TestSupport

/// A cluster of generated objects, one half running instances of virtual machines, one half attached volumes.
///
/// The objects have the size and the members of real ones; most of each is metadata and a specification that no rule reads.
struct GeneratedCluster: Sendable {
  static let instances = "/apis/kubevirt.io/v1/virtualmachineinstances"
  private static let volumes = "/apis/longhorn.io/v1beta2/volumes"

  /// The objects of each of both kinds.
  let count: Int

  static func machine(_ number: Int) -> String { "production-web-server-" + String("0000000\(number)".suffix(7)) }

  /// An instance as the watch sends it.
  static func instance(_ number: Int, phase: String, version: Int) -> String {
    """
    {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstance","metadata":\(metadata(machine(number), "default", version)),\
    "spec":{\(specification)},"status":{"phase":"\(phase)","conditions":[{"type":"Ready","status":"True"}]}}
    """
  }

  private static func row(_ number: Int) -> String {
    """
    {"cells":["\(machine(number))","5m","Running"],"object":{"kind":"PartialObjectMetadata",\
    "apiVersion":"meta.k8s.io/v1","metadata":\(metadata(machine(number), "default", 1))}}
    """
  }

  private static func volume(_ number: Int) -> String {
    """
    {"apiVersion":"longhorn.io/v1beta2","kind":"Volume","metadata":\(metadata("pvc-\(number)", "longhorn-system", 1)),\
    "spec":{\(specification)},"status":{"state":"attached","currentNodeID":"node-\(number % 100)","kubernetesStatus":\
    {"namespace":"default","pvcName":"data-\(number)","workloadsStatus":[{"podName":"web-\(number)",\
    "workloadName":"web-\(number % 1000)","workloadType":"StatefulSet"}]}}}
    """
  }

  private static func metadata(_ name: String, _ namespace: String, _ version: Int) -> String {
    """
    {"name":"\(name)","namespace":"\(namespace)","uid":"a227b98b-39e8-45f5-b6c2-01e4365a3807","resourceVersion":\
    "\(version)","annotations":{"note":"\(note)"},"managedFields":[{"manager":"virt-controller","fieldsV1":{\(fields)}}]}
    """
  }

  private static let note = String(repeating: "annotation ", count: 27)
  private static let fields = (0..<40).map { #""f:field-\#($0)":{".":{},"f:name":{}}"# }.joined(separator: ",")
  private static let specification = (0..<30).map { #""disk-\#($0)":{"bus":"virtio","bootOrder":\#($0)}"# }
    .joined(separator: ",")

  // The answers of an API server.
  func answer(_ request: StubAPIServer.Request) -> StubAPIServer.Reply {
    if request.isWatch { return .stream }
    switch request.name {
    case Self.instances:
      return list(
        #"{"kind":"Table","metadata":{"resourceVersion":"5"},"columnDefinitions":[{"name":"Name","type":"string"},"#
          + #"{"name":"Age","type":"date"},{"name":"Phase","type":"string"}],"rows":["#, Self.row)
    case Self.volumes: return list(#"{"kind":"VolumeList","metadata":{"resourceVersion":"5"},"items":["#, Self.volume)
    default: return .list(for: request)
    }
  }

  /// The list in pieces of a hundred objects.
  private func list(_ beginning: String, _ object: @escaping @Sendable (Int) -> String) -> StubAPIServer.Reply {
    .pieces { write in
      guard write(beginning) else { return }
      for start in stride(from: 0, to: count, by: 100) {
        let objects = (start..<min(start + 100, count)).map(object).joined(separator: ",")
        guard write((start == 0 ? "" : ",") + objects) else { return }
      }
      _ = write("]}")
    }
  }
}
