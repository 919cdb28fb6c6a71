/// The Longhorn volumes in use, but those of the workloads that Harvester stops by itself: as much as a message says.
package struct VolumesInUse: Sendable, Equatable {
  package var count: Int
  /// By namespace and name, at most ``NameList/limit``; those that only pods of virtual machines hold come last.
  package var first: [VolumeFact]
  /// The commands that stop the pods of the others, in alphabetical order: one more than ``maxCommands`` if there are more.
  package var commands: [String]
  /// Whether only pods of virtual machines hold one of them.
  package var areHeldByVMs: Bool
  /// Those that no pod uses and that are not detaching.
  package var unused: NameList
  package var detaching: NameList

  package static let maxCommands = 3

  package init(
    count: Int = 0, first: [VolumeFact] = [], commands: [String] = [], areHeldByVMs: Bool = false,
    unused: NameList = NameList(), detaching: NameList = NameList()
  ) {
    self.count = count
    self.first = first
    self.commands = commands
    self.areHeldByVMs = areHeldByVMs
    self.unused = unused
    self.detaching = detaching
  }
}
