internal import Rules

/// The Longhorn volumes in use, by how a message speaks of them, and the claims of workloads that Harvester stops itself.
struct VolumeTable: Sendable {
  fileprivate enum Group: Int, CaseIterable {
    case used, usedDetaching
    case unused, unusedDetaching
    /// Only pods of virtual machines hold it.
    case held, heldDetaching
    /// Of a workload that Harvester stops.
    case ofSystem
  }

  private var groups = Group.allCases.map { _ in PackedTable<VolumeFact>() }
  /// The commands that stop the pods of volumes, each with the number of its volumes.
  private var commands = PackedTable<UseCount>()
  /// The number of volumes in each namespace, because claims name a volume only.
  private var namespaces: [String: Int] = [:]
  /// The volume of each system claim, and the number of claims that name it.
  private var claims: [NamespacedName: String] = [:]
  private var systemVolumes: [String: Int] = [:]

  var unpackedFacts: Int { groups.reduce(commands.unpackedFacts) { $0 + $1.unpackedFacts } }

  /// Inserts, replaces or, with nil, removes a volume in use. Returns whether that is a change.
  mutating func set(_ volume: VolumeFact?, at name: NamespacedName) -> Bool {
    let old = find(name)
    if old?.volume == volume { return false }
    if let old { remove(old.volume, old.group, at: name) }
    if let volume { insert(volume, at: name) }
    return true
  }

  private mutating func find(_ name: NamespacedName) -> (volume: VolumeFact, group: Group)? {
    for group in Group.allCases where !groups[group.rawValue].isEmpty {
      if let volume = groups[group.rawValue][name] { return (volume, group) }
    }
    return nil
  }

  private mutating func remove(_ volume: VolumeFact, _ group: Group, at name: NamespacedName) {
    groups[group.rawValue].set(nil, at: name)
    namespaces.add(-1, to: name.namespace)
    if group.hasCommands { countCommands(of: volume, by: -1) }
  }

  private mutating func insert(_ volume: VolumeFact, at name: NamespacedName) {
    let group = systemVolumes[volume.name] == nil ? Group(volume) : .ofSystem
    groups[group.rawValue].set(volume, at: name)
    namespaces.add(1, to: name.namespace)
    if group.hasCommands { countCommands(of: volume, by: 1) }
  }

  private mutating func countCommands(of volume: VolumeFact, by step: Int) {
    for command in volume.stopCommands {
      let key = NamespacedName(name: command)
      let count = (commands[key]?.count ?? 0) + step
      commands.set(count == 0 ? nil : UseCount(count: count), at: key)
    }
  }
}

// Claims.
extension VolumeTable {
  /// Writes the volume of a system claim; nil if there is no such claim. Returns whether that is a change.
  mutating func setClaim(_ volume: String?, at name: NamespacedName) -> Bool {
    let old = claims[name]
    if old == volume { return false }
    claims[name] = volume
    if let volume { systemVolumes.add(1, to: volume) }
    if let old { systemVolumes.add(-1, to: old) }
    for volume in [old, volume].compactMap(\.self) { regroup(volume) }
    return true
  }

  private mutating func regroup(_ volume: String) {
    for namespace in namespaces.keys {
      let name = NamespacedName(namespace: namespace, name: volume)
      guard let (fact, group) = find(name) else { continue }
      remove(fact, group, at: name)
      insert(fact, at: name)
    }
  }

  /// Replaces all volumes.
  mutating func replaceVolumes(from other: consuming VolumeTable) {
    (groups, commands, namespaces) = (other.groups, other.commands, other.namespaces)
    for volume in systemVolumes.keys { regroup(volume) }
  }

  /// Replaces all claims.
  mutating func replaceClaims(from other: VolumeTable) {
    for name in claims.keys where other.claims[name] == nil { _ = setClaim(nil, at: name) }
    for (name, volume) in other.claims { _ = setClaim(volume, at: name) }
  }
}

extension VolumeTable {
  /// Every volume that counts, in no order.
  var all: [VolumeFact] {
    mutating get {
      var all: [VolumeFact] = []
      for group in Group.allCases where group != .ofSystem {
        groups[group.rawValue].forEach { _, volume in
          all.append(volume)
          return true
        }
      }
      return all
    }
  }

  var summary: VolumesInUse {
    mutating get {
      let limit = NameList.limit
      let others = first(.used, .usedDetaching, .unused, .unusedDetaching)
      let leaving = first(.usedDetaching, .unusedDetaching) + first(.heldDetaching)
      return VolumesInUse(
        count: groups.reduce(0) { $0 + $1.count } - groups[Group.ofSystem.rawValue].count,
        first: Array((others + first(.held, .heldDetaching)).prefix(limit)),
        commands: commands.first(VolumesInUse.maxCommands + 1).map(\.name.name),
        areHeldByVMs: count(.held, .heldDetaching) > 0,
        unused: NameList(first: first(.unused).map(\.name), count: count(.unused)),
        detaching: NameList(
          first: leaving.prefix(limit).map(\.name), count: count(.usedDetaching, .unusedDetaching, .heldDetaching)))
    }
  }

  private func count(_ names: Group...) -> Int { names.reduce(0) { $0 + groups[$1.rawValue].count } }

  private mutating func first(_ names: Group...) -> [VolumeFact] {
    var first: [(name: NamespacedName, fact: VolumeFact)] = []
    for group in names { first += groups[group.rawValue].first(NameList.limit) }
    return first.sorted { $0.name < $1.name }.prefix(NameList.limit).map(\.fact)
  }
}

extension VolumeTable.Group {
  fileprivate init(_ volume: VolumeFact) {
    switch (volume.isHeldOnlyByVMs, volume.pods.isEmpty, volume.isDetaching) {
    case (true, _, let isDetaching): self = isDetaching ? .heldDetaching : .held
    case (false, true, let isDetaching): self = isDetaching ? .unusedDetaching : .unused
    case (false, false, let isDetaching): self = isDetaching ? .usedDetaching : .used
    }
  }

  fileprivate var hasCommands: Bool { self == .used || self == .usedDetaching }
}

/// A number of users.
private struct UseCount: Packable {
  var count: Int

  init(count: Int) {
    self.count = count
  }

  func pack(into bytes: inout PackedBytes) { bytes.append(count) }

  init(unpacking reader: inout PackedReader, name: NamespacedName) { count = reader.number() }
}

extension [String: Int] {
  /// Adds to a count and removes it at zero.
  fileprivate mutating func add(_ step: Int, to key: String) {
    let count = self[key, default: 0] + step
    self[key] = count == 0 ? nil : count
  }
}
