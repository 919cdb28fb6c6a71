/// A virtual machine (kubevirt.io/v1) that is not stopped, or a running instance without a machine.
package struct VirtualMachineFact: Sendable, Equatable {
  package var namespace: String
  package var name: String
  /// KubeVirt's `printableStatus`, or the instance's phase; empty before KubeVirt's controller has set one.
  package var status: String

  package init(namespace: String, name: String, status: String) {
    self.namespace = namespace
    self.name = name
    self.status = status
  }

  /// The status for people.
  package var statusText: String { status.isEmpty ? "no status yet" : status }
}

extension VirtualMachineFact {
  /// `NAMESPACE/NAME`.
  package var reference: String { "\(namespace)/\(name)" }
}
