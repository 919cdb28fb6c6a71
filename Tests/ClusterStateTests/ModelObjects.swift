import Rules

@testable import ClusterState

/// The objects of a cluster as their texts, and what a message says of them, computed from all of them each time.
struct ModelObjects {
  static let kinds: [WatchedKind] = [
    .virtualMachine, .virtualMachineInstance, .longhornVolume, .persistentVolumeClaim, .addressReservation,
    .longhornPod,
    .virtualMachineImage, .node,
  ]
  /// The number of different objects under one name.
  static let states = 5

  var objects: [WatchedKind: [NamespacedName: (number: Int, state: Int)]] = Dictionary(
    uniqueKeysWithValues: kinds.map { ($0, [:]) })

  static func name(_ kind: WatchedKind, _ number: Int) -> NamespacedName {
    switch kind {
    case .node: NamespacedName(name: "node-\(number)")
    case .longhornVolume: NamespacedName(namespace: "longhorn-system", name: "pvc-\(number)")
    case .persistentVolumeClaim: NamespacedName(namespace: "cattle-monitoring-system", name: "x-\(number)")
    case .addressReservation: NamespacedName(namespace: "kube-system", name: "192.168.0.\(number % 256)")
    default: NamespacedName(namespace: ["a", "a-b", "b"][number % 3], name: "x-\(number)")
    }
  }

  static func text(_ kind: WatchedKind, _ number: Int, state: Int) -> String {
    let name = name(kind, number)
    let metadata = #""metadata":{"name":"\#(name.name)","namespace":"\#(name.namespace)"\#(extra(kind))}"#
    return "{\(metadata),\(rest(kind, number, state))}"
  }

  private static func extra(_ kind: WatchedKind) -> String {
    kind == .persistentVolumeClaim ? #","labels":{"app.kubernetes.io/name":"grafana"}"# : ""
  }

  private static func rest(_ kind: WatchedKind, _ number: Int, _ state: Int) -> String {
    switch kind {
    case .virtualMachine:
      let status = ["Running", "Terminating", "Stopped", "Starting", ""][state]
      return #""status":{"printableStatus":"\#(status)"}"#
    case .virtualMachineInstance:
      return #""status":{"phase":"\#(["Running", "Failed", "Succeeded", "Scheduling", ""][state])"}"#
    case .longhornVolume: return volume(number, state)
    case .persistentVolumeClaim: return #""spec":{"volumeName":"pvc-\#(state)"}"#
    case .addressReservation: return #""spec":{"podref":"longhorn-system/x-\#(state)"}"#
    case .longhornPod: return #""spec":{"nodeName":"node-\#(state)"}"#
    case .virtualMachineImage:
      let status = state == 0 ? "True" : "Unknown"
      return #""status":{"progress":\#(state),"conditions":[{"type":"Imported","status":"\#(status)"}]}"#
    default: return #""spec":{"podCIDRs":["10.52.\#(state).0/24"]}"#
    }
  }

  private static func volume(_ number: Int, _ state: Int) -> String {
    let pods = [
      [("virt-launcher-x", "", "")], [("web-0", "StatefulSet", "web-\(number % 4)")], [],
      [("x-1", "ReplicaSet", "x-\(number % 7)-bcdf"), ("x-2", "ReplicaSet", "x-\(number % 7)-ghjk")],
      [("lone", "", "")],
    ][state]
    let workloads = pods.map {
      #"{"podName":"\#($0.0)","workloadType":"\#($0.1)","workloadName":"\#($0.2)"}"#
    }
    let word = number % 5 == 0 ? "detaching" : number % 11 == 0 && state == 2 ? "detached" : "attached"
    return """
      "status":{"state":"\(word)","currentNodeID":"node-1","kubernetesStatus":{"namespace":"default","pvcName":"data",\
      "workloadsStatus":[\(workloads.joined(separator: ","))]}}
      """
  }
}

// Changes.
extension ModelObjects {
  func randomName(_ kind: WatchedKind, _ random: inout SplitMix) -> NamespacedName {
    Self.name(kind, Int.random(in: 0..<400, using: &random))
  }

  mutating func write(_ kind: WatchedKind, _ random: inout SplitMix) -> (name: NamespacedName, text: String) {
    let number = Int.random(in: 0..<400, using: &random)
    let state = Int.random(in: 0..<Self.states, using: &random)
    objects[kind]?[Self.name(kind, number)] = (number, state)
    return (Self.name(kind, number), Self.text(kind, number, state: state))
  }

  mutating func change(_ kind: WatchedKind, times: Int, _ random: inout SplitMix) {
    for _ in 0..<times {
      let name = randomName(kind, &random)
      if Bool.random(using: &random) { objects[kind]?[name] = nil } else { _ = write(kind, &random) }
    }
  }

  /// A store that has nothing but the objects of these kinds.
  func store(of kinds: [WatchedKind]) throws -> ObjectStore {
    var store = ObjectStore()
    for kind in kinds {
      for (name, object) in objects[kind] ?? [:] {
        try store.put(Array(Self.text(kind, object.number, state: object.state).utf8).span, of: kind, at: name)
      }
    }
    return store
  }
}

// What a message says.
extension ModelObjects {
  var machines: UnstoppedMachines {
    var statuses: [NamespacedName: String] = [:]
    for (name, object) in objects[.virtualMachineInstance] ?? [:] {
      let phase = ["Running", "Failed", "Succeeded", "Scheduling", ""][object.state]
      if phase != "Failed", phase != "Succeeded" { statuses[name] = phase }
    }
    for (name, object) in objects[.virtualMachine] ?? [:] {
      let status = ["Running", "Terminating", "Stopped", "Starting", ""][object.state]
      if status != "Stopped" { statuses[name] = status }
    }
    let sorted = statuses.sorted { $0.key < $1.key }.map {
      VirtualMachineFact(namespace: $0.key.namespace, name: $0.key.name, status: $0.value)
    }
    return UnstoppedMachines(
      count: sorted.count, first: Array(sorted.prefix(NameList.limit)),
      firstStoppable: sorted.first { $0.status != "Terminating" })
  }

  var volumes: VolumesInUse {
    let system = Set((objects[.persistentVolumeClaim] ?? [:]).values.map { "pvc-\($0.state)" })
    let all = (objects[.longhornVolume] ?? [:]).sorted { $0.key < $1.key }.compactMap { name, object in
      VolumeFact(model: object.number, state: object.state, name: name.name)
    }
    let counted = all.filter { !system.contains($0.name) }
    let others = counted.filter { !$0.isHeldOnlyByVMs }
    let ordered = others + counted.filter(\.isHeldOnlyByVMs)
    let unused = others.filter { $0.pods.isEmpty && !$0.isDetaching }.map(\.name)
    let detaching = ordered.filter(\.isDetaching).map(\.name)
    return VolumesInUse(
      count: counted.count, first: Array(ordered.prefix(NameList.limit)),
      commands: Array(Set(others.flatMap(\.stopCommands)).sorted().prefix(4)),
      areHeldByVMs: counted.contains(where: \.isHeldOnlyByVMs),
      unused: NameList(first: Array(unused.prefix(NameList.limit)), count: unused.count),
      detaching: NameList(first: Array(detaching.prefix(NameList.limit)), count: detaching.count))
  }
}

extension VolumeFact {
  /// The same as the text of ``ModelObjects`` says; nil if it is detached.
  fileprivate init?(model number: Int, state: Int, name: String) {
    if number % 5 != 0, number % 11 == 0, state == 2 { return nil }
    self.init(
      name: name, state: number % 5 == 0 ? "detaching" : "attached", node: "node-1", namespace: "default", claim: "data"
    )
    pods = [["virt-launcher-x"], ["web-0"], [], ["x-1", "x-2"], ["lone"]][state]
    workloads =
      [
        [], [Workload(kind: "StatefulSet", name: "web-\(number % 4)")], [],
        [
          Workload(kind: "ReplicaSet", name: "x-\(number % 7)-bcdf"),
          Workload(kind: "ReplicaSet", name: "x-\(number % 7)-ghjk"),
        ], [],
      ][state]
  }
}
