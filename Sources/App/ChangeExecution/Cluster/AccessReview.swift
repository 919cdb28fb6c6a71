internal import ClusterState
internal import JSON
internal import Reports

/// A permission of the user, which the API server is asked for before anything is changed.
///
/// <https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access>
struct AccessReview: Hashable {
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

  /// The permissions to stop a machine, by the requests that ``MachineRequest`` makes.
  static func stopping(_ machine: Machine, forces: Bool, bySubresource: Bool) -> [AccessReview] {
    guard !bySubresource else { return [subresource("stop", machine)] }
    let patch = AccessReview("patch", "virtualmachines", machine)
    return forces ? [patch, AccessReview("delete", "virtualmachineinstances", machine)] : [patch]
  }

  /// The permissions to start a machine as it was. A stop may have replaced a strategy that start does not restore.
  static func starting(_ machine: Machine, bySubresource: Bool) -> [AccessReview] {
    (bySubresource ? [subresource("start", machine)] : [])
      + (bySubresource && machine.runPolicy.isSetByStart ? [] : [AccessReview("patch", "virtualmachines", machine)])
  }

  private static func subresource(_ name: String, _ machine: Machine) -> AccessReview {
    AccessReview(
      verb: "update", group: "subresources.kubevirt.io", resource: "virtualmachines", subresource: name,
      namespace: machine.namespace, name: machine.name)
  }

  private init(_ verb: String, _ resource: String, _ machine: Machine) {
    self.init(
      verb: verb, group: "kubevirt.io", resource: resource, namespace: machine.namespace, name: machine.name)
  }

  /// The same permission for every object of the namespace.
  var ofWholeNamespace: AccessReview {
    var review = self
    review.name = ""
    return review
  }
}

extension AccessReview {
  /// Asks the API server for the permission.
  func isGranted(_ send: (APIRequest) throws(ChangeStop) -> APIResponse) throws(ChangeStop) -> Bool {
    let response = try send(request)
    guard response.isSuccess, case .bool(let isAllowed)? = response.value?["status"]?["allowed"] else {
      throw .refused(response.reasons, advice: [])
    }
    return isAllowed
  }
}

extension [AccessReview] {
  /// Asks the API server for each permission, and returns those that the user lacks.
  func denied(_ send: (APIRequest) throws(ChangeStop) -> APIResponse) throws(ChangeStop) -> [AccessReview] {
    var denied: [AccessReview] = []
    for review in self where try !review.isGranted(send) { denied.append(review) }
    return denied
  }

  /// Throws if the user lacks a permission.
  func requireNone() throws(ChangeStop) {
    guard !isEmpty else { return }
    throw .refused(
      map { "not permitted: \($0.described)" },
      advice: ["use an account with these permissions; nothing was changed"])
  }
}
