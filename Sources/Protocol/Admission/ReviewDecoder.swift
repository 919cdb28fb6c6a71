internal import JSON
internal import KubeObjects
internal import Rules

/// Reads an AdmissionReview in one pass. Unneeded fields, above all managedFields, are validated and skipped.
package enum ReviewDecoder {
  package static func decode(_ body: Span<UInt8>) throws(ReviewError) -> AdmissionRequest {
    var review = PartialReview()
    do throws(JSONError) {
      var reader = JSONReader(body)
      try reader.read(&review)
      try reader.readEnd()
    } catch {
      let (line, column) = error.position(in: body)
      throw .notJSON(explanation: error.explanation, line: line, column: column)
    }
    return try review.request()
  }
}

/// The fields of a review before validation.
///
/// Not copyable: a copy would count a dozen references.
private struct PartialReview: ~Copyable {
  var isObject = false
  var hasKind = false
  var hasVersion = false
  var hasRequest = false
  var partialRequest = PartialRequest()

  consuming func request() throws(ReviewError) -> AdmissionRequest {
    guard isObject else { throw .notAReview("it is not a JSON object") }
    guard hasKind else { throw .notAReview("its kind is not AdmissionReview") }
    guard hasVersion else { throw .notAReview("its apiVersion is not admission.k8s.io/v1") }
    guard hasRequest else { throw .notAReview("it has no request") }
    return try partialRequest.request()
  }
}

private struct PartialRequest: ~Copyable {
  var uid: [UInt8] = []
  var operation: AdmissionRequest.Operation?
  var userName = ""
  var isDryRun = false
  /// Whether the resource is Harvester's `settings`; nil without a resource.
  var isHarvesterSetting: Bool?
  var isNamedStorageNetwork = false
  var isUnnamed = true
  var object: SettingObject?
  var oldObject: SettingObject?

  consuming func request() throws(ReviewError) -> AdmissionRequest {
    guard !uid.isEmpty else { throw .notAReview("its request has no uid") }
    guard let operation else {
      throw .notAReview("its request's operation is not CREATE, UPDATE, DELETE or CONNECT")
    }
    guard isHarvesterSetting != nil else { throw .notAReview("its request has no resource") }
    return AdmissionRequest(
      uid: exchange(&uid, with: []), operation: operation, userName: exchange(&userName, with: ""), isDryRun: isDryRun,
      change: try takeChange(operation))
  }

  /// Whether the request is about `settings.harvesterhci.io/storage-network`.
  ///
  /// The deletion of a collection is one request for each object, without a name.
  private var concernsStorageNetwork: Bool {
    isHarvesterSetting == true
      && (isNamedStorageNetwork || isUnnamed && oldObject?.name.isExactly("storage-network") == true)
  }

  /// Returns the requested change, if it concerns the setting; the objects move into it.
  private mutating func takeChange(_ operation: AdmissionRequest.Operation) throws(ReviewError) -> Change? {
    guard concernsStorageNetwork else { return nil }
    switch operation {
    case .create: return .creation(of: try takeObject())
    case .update: return .update(from: oldObject.take() ?? SettingObject(), to: try takeObject())
    case .delete: return .deletion(of: oldObject.take() ?? SettingObject())
    case .connect: return nil
    }
  }

  private mutating func takeObject() throws(ReviewError) -> SettingObject {
    guard let object = object.take() else { throw .notAReview("its request has no object") }
    return object
  }
}

extension JSONReader {
  fileprivate mutating func read(_ review: inout PartialReview) throws(JSONError) {
    review.isObject = try nextKind() == .object
    try readMembers { key, reader throws(JSONError) in
      if key.equals("kind") {
        review.hasKind = try reader.readMatches("AdmissionReview")
      } else if key.equals("apiVersion") {
        review.hasVersion = try reader.readMatches("admission.k8s.io/v1")
      } else if key.equals("request") {
        review.hasRequest = try reader.nextKind() == .object
        review.partialRequest = PartialRequest()
        if review.hasRequest { try reader.read(&review.partialRequest) }
      }
    }
  }

  /// Reads the next value; returns whether it is this string.
  private mutating func readMatches(_ expected: StaticString) throws(JSONError) -> Bool {
    guard let text = try readStringIfPresent() else { return false }
    return text.equals(expected)
  }

  private mutating func read(_ request: inout PartialRequest) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("uid") {
        request.uid = try reader.readStringIfPresent()?.unescaped ?? []
      } else if key.equals("name") {
        try reader.readName(of: &request)
      } else if key.equals("operation") {
        request.operation = try reader.readOperation()
      } else if key.equals("resource") {
        request.isHarvesterSetting = try reader.readIsHarvesterSetting()
      } else if key.equals("userInfo") {
        request.userName = try reader.readUserName()
      } else if key.equals("object") {
        request.object = try reader.nextKind() == .object ? try reader.readSetting() : nil
      } else if key.equals("oldObject") {
        request.oldObject = try reader.nextKind() == .object ? try reader.readSetting() : nil
      } else if key.equals("dryRun") {
        request.isDryRun = try reader.readBoolIfPresent() ?? false
      }
    }
  }

  private mutating func readName(of request: inout PartialRequest) throws(JSONError) {
    request.isNamedStorageNetwork = false
    request.isUnnamed = true
    guard let name = try readStringIfPresent() else { return }
    request.isNamedStorageNetwork = name.equals("storage-network")
    request.isUnnamed = name.equals("")
  }

  private mutating func readOperation() throws(JSONError) -> AdmissionRequest.Operation? {
    guard let text = try readStringIfPresent() else { return nil }
    if text.equals("UPDATE") { return .update }
    if text.equals("CREATE") { return .create }
    if text.equals("DELETE") { return .delete }
    return text.equals("CONNECT") ? .connect : nil
  }

  private mutating func readIsHarvesterSetting() throws(JSONError) -> Bool? {
    guard try nextKind() == .object else { return nil }
    var isHarvesterGroup = false
    var isSetting = false
    try readMembers { key, reader throws(JSONError) in
      if key.equals("group") {
        isHarvesterGroup = try reader.readMatches("harvesterhci.io")
      } else if key.equals("resource") {
        isSetting = try reader.readMatches("settings")
      }
    }
    return isHarvesterGroup && isSetting
  }

  private mutating func readUserName() throws(JSONError) -> String {
    var name = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("username") { name = try reader.readStringIfPresent()?.string ?? "" }
    }
    return name
  }
}
