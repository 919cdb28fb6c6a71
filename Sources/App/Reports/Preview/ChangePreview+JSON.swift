package import JSON
internal import KubeObjects
internal import Rules

// docs/cli.md documents the members. New ones may be added; none is renamed.
extension ChangePreview {
  package var members: [JSONMember] {
    [
      JSONMember("change", hasEffect),
      JSONMember(key: "definition", value: definition.map { .object($0.object) } ?? .null),
      JSONMember("replacedDefinition", replacedDefinition),
      JSONMember(key: "addresses", value: addresses.map { .object($0.members) } ?? .null),
      JSONMember(
        "workloads",
        workloads.map { workload in
          [
            JSONMember("kind", workload.kind), JSONMember("namespace", workload.namespace),
            JSONMember("name", workload.name), JSONMember("replicas", workload.desiredReplicas),
          ]
        }),
      JSONMember(
        "restarts", pods.map { [JSONMember("node", $0.node), JSONMember("pods", $0.pods)] }),
      JSONMember(
        "virtualMachines",
        machines.map { machine in
          [
            JSONMember("namespace", machine.namespace), JSONMember("name", machine.name),
            JSONMember("status", machine.status),
          ]
        }),
    ]
  }
}

extension ChangePreview.AddressCount {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("needed", needed), JSONMember("usable", usable), JSONMember("kept", kept), JSONMember("left", left),
    ]
  }
}
