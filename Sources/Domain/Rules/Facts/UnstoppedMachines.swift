/// The virtual machines that are not stopped, and the running instances without a machine: as much as a message says.
package struct UnstoppedMachines: Sendable, Equatable {
  package var count: Int
  /// By namespace and name, at most ``NameList/limit``.
  package var first: [VirtualMachineFact]
  /// The first one that is not being deleted.
  package var firstStoppable: VirtualMachineFact?

  package init(count: Int = 0, first: [VirtualMachineFact] = [], firstStoppable: VirtualMachineFact? = nil) {
    self.count = count
    self.first = first
    self.firstStoppable = firstStoppable
  }
}
