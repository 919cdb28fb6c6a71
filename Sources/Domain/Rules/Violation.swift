/// A rule that a change violates, with the field and the message.
package struct Violation: Sendable, Equatable {
  /// The name of the rule.
  package let rule: String
  /// The path in the setting, such as `value.range` or `default.exclude[1]`. Clients print it before the message.
  package let field: String
  package let kind: Kind
  /// What the value must be, then objects and numbers, then the remedy after a semicolon.
  private let detail: String
  /// Whether the message says that nothing else blocks the change.
  var isOnlyBlocker = false

  package init(rule: String, field: String, _ kind: Kind, _ detail: String) {
    self.rule = rule
    self.field = field
    self.kind = kind
    self.detail = detail
  }

  /// One line: the prefix of the ``Kind``, the detail and the remedy.
  package var message: String {
    "\(kind.prefix): \(isOnlyBlocker ? "only this blocks the change: " : "")\(detail)".escapedForOneLine
  }
}

extension Violation {
  /// The kinds of field errors of the Kubernetes API, with the offending value where the kind has one
  /// (k8s.io/apimachinery, pkg/util/validation/field).
  package enum Kind: Sendable, Equatable {
    case required
    /// The value is given as a message quotes it; nil where the field and the detail say enough.
    case invalid(String?)
    /// The value has another JSON type than the field.
    case typeInvalid(String?)
    case notSupported(String)
    case notFound(String)
    case duplicate(String)
    /// The value may be right, but the change is not allowed: now, because of the cluster, or at any time.
    case forbidden
  }
}

extension Violation.Kind {
  /// The machine-readable cause (meta/v1 CauseType).
  package var reason: StaticString {
    switch self {
    case .required: "FieldValueRequired"
    case .invalid: "FieldValueInvalid"
    case .typeInvalid: "FieldValueTypeInvalid"
    case .notSupported: "FieldValueNotSupported"
    case .notFound: "FieldValueNotFound"
    case .duplicate: "FieldValueDuplicate"
    case .forbidden: "FieldValueForbidden"
    }
  }

  /// The beginning of each message of the kind, such as `Invalid value: 5000`.
  fileprivate var prefix: String {
    switch self {
    case .required: "Required value"
    case .invalid(nil), .typeInvalid(nil): "Invalid value"
    case .invalid(let value?), .typeInvalid(let value?): "Invalid value: \(value)"
    case .notSupported(let value): "Unsupported value: \(value)"
    case .notFound(let value): "Not found: \(value)"
    case .duplicate(let value): "Duplicate value: \(value)"
    case .forbidden: "Forbidden"
    }
  }
}
