package import ClusterState
internal import JSON
package import KubeObjects
internal import Rules

/// A write that removes what Whereabouts keeps; it fails if the object has changed meanwhile.
package enum ReclaimWrite: Sendable, Equatable {
  /// Removes entries of a pool.
  case release([InspectedAddressPool.Allocation], of: InspectedAddressPool)
  case deleteReservation(InspectedReservation)
  case deletePool(InspectedAddressPool)

  package var object: WrittenObject {
    switch self {
    case .release(_, let pool), .deletePool(let pool): pool.object
    case .deleteReservation(let reservation): reservation.object
    }
  }

  /// The plural of the kind.
  package var resource: String {
    switch self {
    case .release, .deletePool: "ippools"
    case .deleteReservation: "overlappingrangeipreservations"
    }
  }

  package var path: String {
    "/apis/\(Self.group)/v1alpha1/namespaces/\(object.namespace)/\(resource)/\(object.name)"
  }

  package static let group = "whereabouts.cni.cncf.io"
}

extension ReclaimWrite {
  package var request: APIRequest {
    switch self {
    case .release:
      APIRequest(method: "PATCH", path: path, body: Array(body.utf8), contentType: "application/json-patch+json")
    case .deleteReservation, .deletePool: APIRequest(method: "DELETE", path: path, body: Array(body.utf8))
    }
  }

  /// A JSON patch (RFC 6902) that begins with tests, or delete options with preconditions.
  var body: String {
    var writer = JSONWriter()
    switch self {
    case .release(let allocations, _): writer.append(array: [versionTest] + allocations.flatMap(\.removal))
    case .deleteReservation, .deletePool:
      let preconditions = [JSONMember("uid", object.uid), JSONMember("resourceVersion", object.resourceVersion)]
      writer.append(object: [
        JSONMember("apiVersion", "v1"), JSONMember("kind", "DeleteOptions"),
        JSONMember("preconditions", .object(preconditions)),
      ])
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private var versionTest: JSONValue {
    .object([
      JSONMember("op", "test"), JSONMember("path", "/metadata/resourceVersion"),
      JSONMember("value", object.resourceVersion),
    ])
  }
}

extension InspectedAddressPool.Allocation {
  /// The test that the entry is the one that was read, and its removal.
  fileprivate var removal: [JSONValue] {
    let path = JSONMember("path", "/spec/allocations/\(key)")
    let entry = (try? JSONValue(parsing: Array(entry.utf8))) ?? .null
    return [
      .object([JSONMember("op", "test"), path, JSONMember("value", entry)]),
      .object([JSONMember("op", "remove"), path]),
    ]
  }
}
