/// Why the cluster cannot be asked, in words for whoever configured it: which file, which field, what is wrong there.
package struct KubeError: Error, CustomStringConvertible, Sendable, Equatable {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
