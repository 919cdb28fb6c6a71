internal import ClusterState
internal import JSON
internal import Reports
internal import Rules

/// A request to KubeVirt about one machine.
package struct MachineRequest: Sendable {
  package enum Operation: String, Sendable {
    case stop
    /// Without a grace period.
    case forceStop
    case start
  }

  private let namespace: String
  private let name: String

  init(_ machine: Machine) { (namespace, name) = (machine.namespace, machine.name) }

  init(_ machine: VirtualMachineFact) { (namespace, name) = (machine.namespace, machine.name) }

  private static let group = "kubevirt.io/v1/namespaces"

  var path: String { "/apis/\(Self.group)/\(namespace)/virtualmachines/\(name)" }

  /// The discovery document of KubeVirt's subresources.
  ///
  /// <https://kubevirt.io/api-reference/main/operations.html>
  static let discovery = APIRequest(path: "/apis/subresources.kubevirt.io/v1")

  var read: APIRequest { APIRequest(path: path) }

  func subresource(_ operation: Operation) -> APIRequest {
    let verb = operation == .start ? "start" : "stop"
    let options = operation == .forceStop ? [JSONMember("gracePeriod", 0)] : []
    return APIRequest(
      method: "PUT",
      path: "/apis/subresources.\(Self.group)/\(namespace)/virtualmachines/\(name)/\(verb)",
      body: Array(options.line.utf8))
  }

  func patch(_ policy: RunPolicy) -> APIRequest {
    let patch = [JSONMember("spec", .object([policy.member]))]
    return APIRequest(
      method: "PATCH", path: path, body: Array(patch.line.utf8), contentType: "application/merge-patch+json")
  }

  /// Deletes the instance at once, where the subresource is not served.
  var deleteInstance: APIRequest {
    let options = [
      JSONMember("apiVersion", "v1"), JSONMember("kind", "DeleteOptions"), JSONMember("gracePeriodSeconds", 0),
    ]
    return APIRequest(
      method: "DELETE",
      path: "/apis/\(Self.group)/\(namespace)/virtualmachineinstances/\(name)",
      body: Array(options.line.utf8))
  }
}
