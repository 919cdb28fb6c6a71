package import Rules

/// What the API server asks in one AdmissionReview (admission.k8s.io/v1), as far as it matters here.
///
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request>
package struct AdmissionRequest: Sendable {
  /// Identifies the request; the response repeats it byte by byte.
  package var uid: [UInt8] = []
  package var operation: Operation?
  package var userName: [UInt8] = []
  package var isDryRun = false
  /// True when the request is about `settings.harvesterhci.io/storage-network` and about no other object.
  ///
  /// A request that deletes a whole collection comes once for each object, without a name of its own.
  package var concernsStorageNetwork: Bool {
    hasOurResource && (hasOurName || isUnnamed && oldObject?.name == "storage-network")
  }
  /// The stored object; nil when it is created.
  package var oldObject: SettingObject?
  /// The proposed object; nil when it is deleted.
  package var object: SettingObject?

  var hasOurResource = false
  var hasOurName = false
  var isUnnamed = true

  package enum Operation: String, Sendable {
    case create = "CREATE"
    case update = "UPDATE"
    case delete = "DELETE"
    case connect = "CONNECT"
  }

  /// The change to be judged; nil where nothing of ours is changed.
  package var change: Change? {
    guard concernsStorageNetwork else { return nil }
    switch operation {
    case .create: return Change(operation: .create, old: nil, new: object ?? SettingObject())
    case .update: return Change(operation: .update, old: oldObject, new: object ?? SettingObject())
    case .delete: return Change(operation: .delete, old: oldObject, new: nil)
    case .connect, nil: return nil
    }
  }
}

/// Why a body is no review that could be answered: the caller's mistake, told in a clause.
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
