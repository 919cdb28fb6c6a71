/// The error of a review that cannot be decided, because the facts are not known.
package struct UnavailableError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package var description: String { message }

  package init(message: String) {
    self.message = message
  }
}
