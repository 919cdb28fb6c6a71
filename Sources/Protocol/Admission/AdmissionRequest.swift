package import Rules

/// The fields of an AdmissionReview's request (admission.k8s.io/v1) that the rules need.
///
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request>
package struct AdmissionRequest: Sendable {
  /// Identifies the request; the response repeats it byte by byte.
  package let uid: [UInt8]
  package let operation: Operation
  package let userName: String
  package let isDryRun: Bool
  /// The change to evaluate; nil for a request about another object.
  package let change: Change?

  package init(
    uid: [UInt8], operation: Operation, userName: String = "", isDryRun: Bool = false, change: consuming Change? = nil
  ) {
    self.uid = uid
    self.operation = operation
    self.userName = userName
    self.isDryRun = isDryRun
    self.change = change
  }

  package enum Operation: String, Sendable {
    case create = "CREATE"
    case update = "UPDATE"
    case delete = "DELETE"
    case connect = "CONNECT"
  }
}

/// The reason why a body is not a valid review, as a clause.
package enum ReviewError: Error, Hashable, Sendable {
  case notJSON(explanation: String, line: Int, column: Int)
  case notAReview(String)

  package var explanation: String {
    switch self {
    case .notJSON(let explanation, let line, let column):
      "the body is not JSON: \(explanation) (line \(line), column \(column))"
    case .notAReview(let explanation):
      "the body is not an AdmissionReview: \(explanation)"
    }
  }
}
