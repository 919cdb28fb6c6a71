/// Why the cluster is not accessible, as a message for the operator: the file, the field and the error.
package struct KubeError: Error, CustomStringConvertible, Sendable, Equatable {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
