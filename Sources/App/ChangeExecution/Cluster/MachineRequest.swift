internal import ClusterState
internal import JSON
internal import Reports

/// A request to KubeVirt about one machine.
package struct MachineRequest: Sendable {
  package enum Operation: String, Sendable {
    case stop
    /// Without a grace period.
    case forceStop
    case start
  }

  let machine: Machine

  private static let group = "kubevirt.io/v1/namespaces"

  var path: String { "/apis/\(Self.group)/\(machine.namespace)/virtualmachines/\(machine.name)" }

  /// The discovery document of KubeVirt's subresources.
  ///
  /// <https://kubevirt.io/api-reference/main/operations.html>
  static let discovery = APIRequest(path: "/apis/subresources.kubevirt.io/v1")

  var read: APIRequest { APIRequest(path: path) }

  func subresource(_ operation: Operation) -> APIRequest {
    let name = operation == .start ? "start" : "stop"
    let options = operation == .forceStop ? [JSONMember("gracePeriod", 0)] : []
    return APIRequest(
      method: "PUT",
      path: "/apis/subresources.\(Self.group)/\(machine.namespace)/virtualmachines/\(machine.name)/\(name)",
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
      path: "/apis/\(Self.group)/\(machine.namespace)/virtualmachineinstances/\(machine.name)",
      body: Array(options.line.utf8))
  }
}
