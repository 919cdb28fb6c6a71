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
