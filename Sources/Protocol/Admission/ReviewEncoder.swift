internal import JSON
internal import KubeObjects
internal import Rules

/// Writes the AdmissionReview that answers a request.
///
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response>
package enum ReviewEncoder {
  package static func encode(_ outcome: Outcome, uid: [UInt8]) -> [UInt8] {
    var writer = JSONWriter(capacity: 512)
    writer.append(raw: #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"#)
    writer.append(string: uid.span)
    switch outcome {
    case .allowed(let warnings):
      writer.append(raw: #","allowed":true"#)
      writer.append(warnings)
    case .patched(let value, let replacesValue):
      writer.append(raw: #","allowed":true,"patchType":"JSONPatch","patch":"#)
      writer.append(Base64.encode(patch(setting: value, replacesValue: replacesValue)))
    case .denied(_, let warnings):
      writer.append(raw: #","allowed":false"#)
      writer.append(warnings)
    case .unavailable:
      writer.append(raw: #","allowed":false"#)
    }
    if let status = ResponseStatus(outcome) { writer.append(status) }
    writer.append(raw: "}}")
    return writer.bytes
  }

  /// A JSON Patch (RFC 6902) with one operation.
  private static func patch(setting value: [UInt8], replacesValue: Bool) -> [UInt8] {
    var writer = JSONWriter(capacity: value.count + 64)
    writer.append(raw: replacesValue ? #"[{"op":"replace""# : #"[{"op":"add""#)
    writer.append(raw: #","path":"/value","value":"#)
    writer.append(string: value.span)
    writer.append(raw: "}]")
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func append(_ warnings: [Warning]) {
    guard !warnings.isEmpty else { return }
    append(raw: #","warnings":["#)
    for (index, warning) in warnings.enumerated() {
      if index > 0 { append(raw: ",") }
      append(warning.message)
    }
    append(raw: "]")
  }

  fileprivate mutating func append(_ status: ResponseStatus) {
    append(raw: #","status":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#)
    append(status.message)
    append(raw: #","reason":""#)
    append(raw: status.reason)
    append(raw: "\"")
    if !status.causes.isEmpty {
      append(raw: #","details":{"name":"storage-network","group":"harvesterhci.io","kind":"Setting","causes":["#)
      for (index, cause) in status.causes.enumerated() {
        append(raw: index > 0 ? #",{"reason":""# : #"{"reason":""#)
        append(raw: cause.reason)
        append(raw: #"","message":"#)
        append(cause.message)
        append(raw: #","field":"#)
        append(cause.field)
        append(raw: "}")
      }
      append(raw: "]}")
    }
    append(raw: #","code":"#)
    append(status.code)
    append(raw: "}")
  }
}
