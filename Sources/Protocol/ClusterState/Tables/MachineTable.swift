internal import KubeObjects
internal import Rules

/// The virtual machines and instances that are not stopped, joined by name.
struct MachineTable: Sendable {
  /// What is known under one name. At least one of both is not nil.
  struct Machine: Packable, Equatable {
    /// The status of a machine that is not stopped.
    var status: String?
    /// The phase of an instance that has not shut down.
    var phase: String?

    /// Nothing stops a machine that is being deleted.
    var isTerminating: Bool { status == "Terminating" }
  }

  /// The kinds that have one text each.
  typealias Half = WritableKeyPath<Machine, String?> & Sendable

  // Apart, so that the first machine to stop is found at once.
  private var stoppable = PackedTable<Machine>()
  private var terminating = PackedTable<Machine>()

  var unpackedFacts: Int { stoppable.unpackedFacts + terminating.unpackedFacts }

  /// Writes the text of one kind; nil if its object is gone or does not count. Returns whether that is a change.
  mutating func set(_ half: any Half, to text: String?, at name: NamespacedName) -> Bool {
    let old = stoppable[name] ?? terminating[name]
    var machine = old ?? Machine()
    if machine[keyPath: half] == text { return false }
    machine[keyPath: half] = text
    if let old, old.isTerminating != machine.isTerminating {
      if old.isTerminating { terminating.set(nil, at: name) } else { stoppable.set(nil, at: name) }
    }
    let new = machine == Machine() ? nil : machine
    if machine.isTerminating { terminating.set(new, at: name) } else { stoppable.set(new, at: name) }
    return true
  }

  /// Replaces the texts of one kind with those of another table.
  mutating func replace(_ half: any Half, from other: consuming MachineTable) {
    var merged = other
    forEach { name, machine in
      for kept in [\Machine.status, \.phase] as [any Half] where kept != half {
        if let text = machine[keyPath: kept] { _ = merged.set(kept, to: text, at: name) }
      }
    }
    self = merged
  }

  /// Calls the closure with every machine, those that are being deleted last.
  mutating func forEach(_ visit: (NamespacedName, Machine) -> Void) {
    for table in [\MachineTable.stoppable, \.terminating] {
      self[keyPath: table].forEach { name, machine in
        visit(name, machine)
        return true
      }
    }
  }

  var summary: UnstoppedMachines {
    mutating get {
      let first = (stoppable.first(NameList.limit) + terminating.first(NameList.limit)).sorted { $0.name < $1.name }
      return UnstoppedMachines(
        count: stoppable.count + terminating.count, first: first.prefix(NameList.limit).map(Self.fact),
        firstStoppable: stoppable.first(1).first.map(Self.fact))
    }
  }

  /// The machine's status, or the phase of an instance without a machine.
  private static func fact(_ name: NamespacedName, _ machine: Machine) -> VirtualMachineFact {
    VirtualMachineFact(
      namespace: name.namespace, name: name.name, status: machine.status ?? machine.phase ?? "")
  }
}

extension MachineTable.Machine {
  func pack(into bytes: inout PackedBytes) {
    bytes.append(status)
    bytes.append(phase)
  }

  init(unpacking reader: inout PackedReader, name: NamespacedName) {
    status = reader.optionalText()
    phase = reader.optionalText()
  }
}
