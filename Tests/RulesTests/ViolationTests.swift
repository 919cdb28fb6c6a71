import Testing

@testable import Rules

@Suite struct `Violations` {
  /// The kinds with the reasons and the prefixes of the Kubernetes API
  /// (k8s.io/apimachinery, pkg/util/validation/field and meta/v1 CauseType).
  static let table: [(kind: Violation.Kind, reason: String, message: String)] = [
    (.required, "FieldValueRequired", "Required value: must"),
    (.invalid("5000"), "FieldValueInvalid", "Invalid value: 5000: must"),
    (.invalid(nil), "FieldValueInvalid", "Invalid value: must"),
    (.typeInvalid(#""5""#), "FieldValueTypeInvalid", #"Invalid value: "5": must"#),
    (.typeInvalid(nil), "FieldValueTypeInvalid", "Invalid value: must"),
    (.notSupported(#""VLAN""#), "FieldValueNotSupported", #"Unsupported value: "VLAN": must"#),
    (.notFound(#""net""#), "FieldValueNotFound", #"Not found: "net": must"#),
    (.duplicate(#""a""#), "FieldValueDuplicate", #"Duplicate value: "a": must"#),
    (.forbidden, "FieldValueForbidden", "Forbidden: must"),
  ]

  @Test(arguments: table.indices) func `each kind has its reason and prefix`(_ row: Int) {
    let (kind, reason, message) = Self.table[row]
    #expect("\(kind.reason)" == reason)
    #expect(Violation(rule: "", field: "value", kind, "must").message == message)
  }

  @Test func `a violation is one line with any quoted text`() {
    let violation = Violation(rule: "", field: "value", .invalid("a\nb".quoted), "must\u{200B}\u{2028}\u{E0001}")
    #expect(violation.message == #"Invalid value: "a\nb": must\u200b\u2028\U000e0001"#)
  }

  @Test func `texts are quoted as in Go and JSON`() {
    #expect(#"a"b\c"#.quoted == #""a\"b\\c""#)
  }
}
