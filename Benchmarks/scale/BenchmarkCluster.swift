import Foundation
import TestSupport

/// A cluster whose objects change on demand.
protocol BenchmarkCluster {
  /// The path of the file with its address and credentials.
  var kubeconfig: String { get }

  /// Changes a virtual machine instance: its phase, or something that no rule asks about.
  func change(_ number: Int, isRelevant: Bool) throws
}

/// The objects of a cluster, about as large as KubeVirt's and Longhorn's without `managedFields`.
struct GeneratedObjects {
  static let instances = "/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances"
  static let volumes = "/apis/longhorn.io/v1beta2/namespaces/longhorn-system/volumes"

  /// The number of each kind.
  let count: Int

  /// The order of the names is that of the numbers, as an API server lists them.
  func name(_ number: Int) -> String { "production-web-server-\(1_000_000 + number % count)" }

  func instance(_ number: Int, phase: String = "Running", version: Int = 1, note: Int = 0) -> String {
    #"""
    {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstance","metadata":{"name":"\#(name(number))",\#
    "namespace":"default","resourceVersion":"\#(version)","annotations":{"note":"\#(note)","text":"\#(Self.text)"}},\#
    "spec":{"domain":{"devices":{"disks":[\#(Self.disks)]}}},\#
    "status":{"phase":"\#(phase)","conditions":[{"type":"Ready","status":"True"}],"nodeName":"node-1"}}
    """#
  }

  func volume(_ number: Int) -> String {
    #"""
    {"apiVersion":"longhorn.io/v1beta2","kind":"Volume","metadata":{"name":"volume-\#(1_000_000 + number)",\#
    "namespace":"longhorn-system","annotations":{"text":"\#(Self.text)"}},"spec":{"numberOfReplicas":3},\#
    "status":{"state":"attached","currentNodeID":"node-1","kubernetesStatus":{"namespace":"default","pvcName":\#
    "claim-\#(number)","workloadsStatus":[{"podName":"pod-\#(number)","podStatus":"Running","workloadName":"",\#
    "workloadType":""}]}}}
    """#
  }

  private static let text = String(repeating: "x", count: 1_500)
  private static let disks = (0..<8).map {
    #"{"bootOrder":\#($0 + 1),"name":"disk-\#($0)","disk":{"bus":"virtio"},"serial":"0123456789abcdef"}"#
  }.joined(separator: ",")
}

/// The phases of the instances: two that both say that a machine is not stopped.
struct Phases {
  private var scheduling: Set<Int> = []

  /// Returns the phase after a change, which is another one only if the change is relevant.
  mutating func next(of number: Int, isRelevant: Bool) -> String {
    if isRelevant, scheduling.remove(number) == nil { scheduling.insert(number) }
    return scheduling.contains(number) ? "Scheduling" : "Running"
  }
}
