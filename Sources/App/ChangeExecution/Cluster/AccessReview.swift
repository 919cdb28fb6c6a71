internal import ClusterState
internal import JSON
internal import Reports

/// A permission of the user, which the API server is asked for before anything is changed.
///
/// <https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access>
struct AccessReview: Equatable {
  var verb: String
  var group = ""
  var resource: String
  var subresource = ""
  var namespace = ""
  var name = ""

  var request: APIRequest {
    let attributes = [
      ("verb", verb), ("group", group), ("resource", resource), ("subresource", subresource),
      ("namespace", namespace), ("name", name),
    ].filter { !$0.1.isEmpty }.map { JSONMember($0.0, $0.1) }
    let spec = JSONValue.object([JSONMember("resourceAttributes", .object(attributes))])
    let review = [
      JSONMember("apiVersion", "authorization.k8s.io/v1"), JSONMember("kind", "SelfSubjectAccessReview"),
      JSONMember("spec", spec),
    ]
    return APIRequest(
      method: "POST", path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body: Array(review.line.utf8))
  }

  /// As kubectl's `auth can-i` names it.
  var described: String {
    let kind = (group.isEmpty ? resource : "\(resource).\(group)") + (subresource.isEmpty ? "" : "/\(subresource)")
    return "\(verb) \(kind)" + (name.isEmpty ? "" : " \(name)") + (namespace.isEmpty ? "" : " in \(namespace)")
  }
}

extension AccessReview {
  /// The permissions for the record and the setting.
  static let always = [
    AccessReview(verb: "create", resource: "configmaps", namespace: ChangeRecord.namespace),
    AccessReview(
      verb: "update", resource: "configmaps", namespace: ChangeRecord.namespace, name: ChangeRecord.name),
    AccessReview(
      verb: "delete", resource: "configmaps", namespace: ChangeRecord.namespace, name: ChangeRecord.name),
    AccessReview(verb: "patch", group: "harvesterhci.io", resource: "settings", name: "storage-network"),
  ]

  /// The permission to stop or start a machine; without a name for all of a namespace.
  static func machine(
    _ operation: MachineRequest.Operation, bySubresource: Bool, namespace: String, name: String = ""
  ) -> AccessReview {
    guard bySubresource else {
      return AccessReview(
        verb: "patch", group: "kubevirt.io", resource: "virtualmachines", namespace: namespace, name: name)
    }
    return AccessReview(
      verb: "update", group: "subresources.kubevirt.io", resource: "virtualmachines",
      subresource: operation == .start ? "start" : "stop", namespace: namespace, name: name)
  }
}
