/// A virtual machine (kubevirt.io/v1) that is not stopped.
package struct VirtualMachineFact: Sendable, Equatable {
  package var namespace: String
  package var name: String
  /// KubeVirt's `printableStatus`; empty before its controller has set one.
  package var status: String

  package init(namespace: String, name: String, status: String) {
    self.namespace = namespace
    self.name = name
    self.status = status
  }
}

extension VirtualMachineFact {
  /// `NAMESPACE/NAME`.
  package var reference: String { "\(namespace)/\(name)" }
}

extension ClusterFacts {
  /// The machines that are not stopped, and the instances without a machine object, sorted by namespace and name. Such an
  /// instance counts by its phase.
  package var unstoppedMachines: [VirtualMachineFact] {
    if runningInstances.isEmpty { return virtualMachines }
    return (virtualMachines + instancesWithoutMachine).sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }

  /// The instances that belong to no unstopped machine.
  package var instancesWithoutMachine: [VirtualMachineFact] {
    let named = Set(virtualMachines.map(\.reference))
    return runningInstances.map { VirtualMachineFact(namespace: $0.namespace, name: $0.name, status: $0.phase) }
      .filter { !named.contains($0.reference) }
  }
}
