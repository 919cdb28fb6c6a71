internal import JSON
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
      writer.append(raw: #","allowed":true,"patchType":"JSONPatch","patch":""#)
      writer.append(raw: base64(patch(setting: value, replacesValue: replacesValue)))
      writer.append(raw: "\"")
    case .denied(_, let warnings):
      writer.append(raw: #","allowed":false"#)
      writer.append(warnings)
    case .undecided:
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
        append(
          raw: index > 0 ? #",{"reason":"FieldValueInvalid","message":"# : #"{"reason":"FieldValueInvalid","message":"#)
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

/// Base 64 (RFC 4648 section 4), padded, as Kubernetes wants the bytes of a patch.
func base64(_ bytes: [UInt8]) -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for sextet in 0..<4 {
      text.append(sextet <= group.count ? alphabet[bits >> (18 - 6 * sextet) & 63] : UInt8(ascii: "="))
    }
  }
  return text
}
