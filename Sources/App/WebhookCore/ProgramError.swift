/// A reason why the program cannot start or continue, for its operator.
package struct ProgramError: Error, CustomStringConvertible, Sendable {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
