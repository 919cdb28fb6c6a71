internal import JSON
internal import KubeObjects
internal import Rules

/// Writes the AdmissionReview with the response.
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
    case .patched(let operations):
      writer.append(raw: #","allowed":true,"patchType":"JSONPatch","patch":"#)
      writer.append(Base64.encode(patch(operations)))
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

  /// Returns the JSON Patch (RFC 6902).
  private static func patch(_ operations: [PatchOperation]) -> [UInt8] {
    var writer = JSONWriter(capacity: 512)
    writer.append(raw: "[")
    for (index, operation) in operations.enumerated() {
      if index > 0 { writer.append(raw: ",") }
      writer.append(operation)
    }
    writer.append(raw: "]")
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func append(_ operation: PatchOperation) {
    switch operation {
    case .setValue(let value, let replaces):
      append(raw: replaces ? #"{"op":"replace""# : #"{"op":"add""#)
      append(raw: #","path":"/value","value":"#)
      append(string: value.span)
      append(raw: "}")
    case .restoreAnnotations(let annotations, let addsToExisting):
      addsToExisting ? append(eachOf: annotations) : append(allOf: annotations)
    case .setConditionMessage(let message, let condition):
      append(raw: #"{"op":"replace","path":"/status/conditions/"#)
      append(condition)
      append(raw: #"/message","value":"#)
      append(message)
      append(raw: "}")
    }
  }

  /// Appends one operation that adds the missing object of annotations: a single member cannot be added without it
  /// (section 4.1).
  private mutating func append(allOf annotations: SettingAnnotations) {
    append(raw: #"{"op":"add","path":"/metadata/annotations","value":{"#)
    for (index, (annotation, text)) in annotations.written.enumerated() {
      append(raw: index > 0 ? ",\"" : "\"")
      append(raw: annotation.key)
      append(raw: "\":")
      append(text)
    }
    append(raw: "}}")
  }

  private mutating func append(eachOf annotations: SettingAnnotations) {
    for (index, (annotation, text)) in annotations.written.enumerated() {
      append(
        raw: index > 0
          ? #",{"op":"add","path":"/metadata/annotations/"# : #"{"op":"add","path":"/metadata/annotations/"#)
      // In a JSON Pointer, the slash of a key is ~1 (RFC 6901 section 3).
      append(raw: annotation.pointer)
      append(raw: #"","value":"#)
      append(text)
      append(raw: "}")
    }
  }
}

extension SettingAnnotation {
  fileprivate var pointer: StaticString {
    switch self {
    case .hash: "storage-network.settings.harvesterhci.io~1hash"
    case .definition: "storage-network.settings.harvesterhci.io~1net-attach-def"
    case .previousDefinition: "storage-network.settings.harvesterhci.io~1old-net-attach-def"
    }
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
