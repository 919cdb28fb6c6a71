internal import Addressing
package import ClusterState
package import JSON
package import KubeObjects
package import Rules

/// What a change of the setting sets in motion: a function of the cluster and the proposed value.
package struct ChangePreview: Sendable, Equatable {
  /// The Longhorn pods of one node that restart.
  package struct NodePods: Sendable, Equatable {
    package let node: String
    package let pods: [String]
  }

  /// The addresses of the new range.
  package struct AddressCount: Sendable, Equatable {
    package let needed: Int
    package let usable: Int
    /// Usable addresses that Whereabouts keeps during the change.
    package let kept: Int
    /// The pods that it keeps them for, in words.
    let holders: String

    package var left: Int { usable - kept - needed }
  }

  /// Whether Harvester acts on the change at all.
  package let hasEffect: Bool
  /// The NetworkAttachmentDefinition that Harvester creates; nil if the storage network is disabled.
  package let definition: NetworkDefinition?
  /// `NAMESPACE/NAME` of the present definition, which Harvester deletes; nil without one.
  package let replacedDefinition: String?
  /// The workloads that Harvester stops and starts again.
  package let workloads: [ScaledWorkload]
  package let pods: [NodePods]
  /// The virtual machines that must be stopped.
  package let machines: [VirtualMachineFact]
  /// Nil if the storage network is disabled.
  package let addresses: AddressCount?

  /// - Parameters:
  ///   - change: The change as it would be stored.
  ///   - report: What `check` says of the change.
  package init(
    of change: Change, _ report: CheckReport, in facts: ClusterFacts, _ users: StorageUsers, _ extraFacts: VerifyFacts,
    _ options: RulesetOptions = RulesetOptions()
  ) {
    let stored = change.normalized
    hasEffect = report.effect != .none
    guard case .text(let text) = stored.new.value, !stored.new.value.isBlank else {
      definition = nil
      addresses = nil
      replacedDefinition = Self.presentDefinition(facts)
      (workloads, pods, machines) = Self.interruptions(facts, users, extraFacts)
      return
    }
    definition = NetworkDefinition(value: text)
    addresses = OtherSettingNetwork(setting: "storage-network", text: text).map { network in
      let usage = RangeUsage(of: network.usable, in: facts)
      return AddressCount(
        needed: AddressRequirement(of: facts, choice: options.sizing).total, usable: usage.usable.count,
        kept: usage.kept.count, holders: facts.reservations.holders(of: usage.usable))
    }
    replacedDefinition = Self.presentDefinition(facts)
    (workloads, pods, machines) = Self.interruptions(facts, users, extraFacts)
  }

  private static func presentDefinition(_ facts: ClusterFacts) -> String? {
    facts.storageNetwork?.annotations.flatMap { $0.definition.isEmpty ? nil : $0.definition }
  }

  private static func interruptions(_ facts: ClusterFacts, _ users: StorageUsers, _ extraFacts: VerifyFacts) -> (
    [ScaledWorkload], [NodePods], [VirtualMachineFact]
  ) {
    let restarting = extraFacts.pods.filter { pod in
      !pod.isFinished && !pod.isBeingDeleted
        && (pod.carriesStorage || facts.rwxVolumesUseStorageNetwork && pod.isCSIPlugin)
    }
    let byNode = Dictionary(grouping: restarting, by: \.node)
    let pods = byNode.sorted { $0.key < $1.key }.map { NodePods(node: $0.key, pods: $0.value.map(\.name).sorted()) }
    // A workload without a pod is left alone.
    return (extraFacts.workloads.filter { $0.desiredReplicas > 0 }, pods, users.unstopped)
  }
}

/// The NetworkAttachmentDefinition (k8s.cni.cncf.io/v1) that Harvester makes of a value.
package struct NetworkDefinition: Sendable, Equatable {
  /// The CNI configuration, as Harvester writes it.
  package let configuration: String

  /// Nil for a value that is no JSON object.
  init?(value text: [UInt8]) {
    guard let value = try? JSONValue(parsing: text), case .object = value else { return nil }
    var allocation = [
      JSONMember("type", "whereabouts"), JSONMember("range", value["range"]?.string ?? ""),
    ]
    if case .array(let exclusions)? = value["exclude"], !exclusions.isEmpty {
      allocation.append(JSONMember("exclude", .array(exclusions)))
    }
    // Untagged is VLAN 1, the bridge's default.
    let vlan = value["vlan"]?.integer ?? 0
    configuration = JSONWriter.inOrder(
      [
        "cniVersion": .string("0.3.1"), "type": .string("bridge"),
        "bridge": .string("\(value["clusterNetwork"]?.string ?? "")-br"), "promiscMode": .bool(true),
        "vlan": .number("\(vlan == 0 ? 1 : vlan)"),
      ], last: ("ipam", allocation))
  }

  /// The object without the random end of its name.
  package var object: [JSONMember] {
    [
      JSONMember("apiVersion", "k8s.cni.cncf.io/v1"), JSONMember("kind", "NetworkAttachmentDefinition"),
      JSONMember(
        "metadata",
        .object([
          JSONMember("annotations", .object([JSONMember("storage-network.settings.harvesterhci.io", "true")])),
          JSONMember("generateName", "storagenetwork-"), JSONMember("namespace", "harvester-system"),
        ])),
      JSONMember("spec", .object([JSONMember("config", configuration)])),
    ]
  }
}

extension JSONWriter {
  /// An object in Harvester's order of keys, of which the last member is an object.
  fileprivate static func inOrder(
    _ members: KeyValuePairs<String, JSONValue>, last: (key: String, members: [JSONMember])
  ) -> String {
    var writer = JSONWriter()
    writer.append(raw: "{")
    for (key, value) in members {
      writer.append(key)
      writer.append(raw: ":")
      writer.append(sorted: value)
      writer.append(raw: ",")
    }
    writer.append(last.key)
    writer.append(raw: ":")
    writer.append(object: last.members)
    writer.append(raw: "}")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
