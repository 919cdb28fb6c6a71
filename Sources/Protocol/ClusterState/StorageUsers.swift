package import Rules

/// Every virtual machine that is not stopped and every Longhorn volume in use, for a command that handles them one by one.
/// The rules need less: ``UnstoppedMachines`` and ``VolumesInUse``.
package struct StorageUsers: Sendable, Equatable {
  /// By namespace and name.
  package let machines: [VirtualMachineFact]
  /// The running instances that belong to no such machine.
  package let instances: [VirtualMachineFact]
  /// By name, without those of the workloads that Harvester stops by itself.
  package let volumes: [VolumeFact]

  /// Machines and instances, by namespace and name.
  package var unstopped: [VirtualMachineFact] {
    (machines + instances).sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }

  init(_ machineTable: inout MachineTable, _ volumeTable: inout VolumeTable) {
    var machines: [VirtualMachineFact] = []
    var instances: [VirtualMachineFact] = []
    machineTable.forEach { name, machine in
      let fact = VirtualMachineFact(
        namespace: name.namespace, name: name.name, status: machine.status ?? machine.phase ?? "")
      if machine.status == nil { instances.append(fact) } else { machines.append(fact) }
    }
    self.machines = machines.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    self.instances = instances.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    volumes = volumeTable.all.sorted { $0.name < $1.name }
  }

  /// Returns the facts as they are when every machine is stopped. Instances without a machine stay: nothing stops them.
  package func factsAfterStopping(_ facts: ClusterFacts) -> ClusterFacts {
    var machineTable = MachineTable()
    for instance in instances {
      _ = machineTable.set(
        \.phase, to: instance.status, at: NamespacedName(namespace: instance.namespace, name: instance.name))
    }
    var volumeTable = VolumeTable()
    for volume in volumes where !volume.isHeldOnlyByVMs {
      _ = volumeTable.set(volume, at: NamespacedName(namespace: "longhorn-system", name: volume.name))
    }
    var facts = facts
    facts.unstoppedMachines = machineTable.summary
    facts.volumesInUse = volumeTable.summary
    return facts
  }
}

extension ObjectStore {
  /// Mutating, because tables are read by unpacking them.
  package var storageUsers: StorageUsers {
    mutating get { StorageUsers(&machines, &volumes) }
  }
}
