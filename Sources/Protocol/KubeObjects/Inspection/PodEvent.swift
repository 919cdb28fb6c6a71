package import JSON

/// Something that Kubernetes reports of a pod (v1 `Event`).
package struct PodEvent: Sendable, Equatable {
  package var pod = ""
  package var reason = ""
  package var message = ""
  /// How often it has happened; at least 1.
  package var count = 1

  package init() {}

  /// Whether Whereabouts had no address left for the pod.
  ///
  /// <https://github.com/k8snetworkplumbingwg/whereabouts> says so in the error that the sandbox fails with.
  package var reportsAddressExhaustion: Bool {
    reason == "FailedCreatePodSandBox" && message.contains("Could not allocate IP in range")
  }
}

extension JSONReader {
  /// Reads an `Event` (v1); nil unless it is about a pod of Longhorn's namespace.
  package mutating func readPodEvent() throws(JSONError) -> PodEvent? {
    var event = PodEvent()
    var kind = ""
    var namespace = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("involvedObject") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("kind") {
            kind = try reader.readStringIfPresent()?.string ?? ""
          } else if key.equals("namespace") {
            namespace = try reader.readStringIfPresent()?.string ?? ""
          } else if key.equals("name") {
            event.pod = try reader.readStringIfPresent()?.string ?? ""
          }
        }
      } else if key.equals("reason") {
        event.reason = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("message") {
        event.message = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("count") {
        event.count = max(try reader.readIntegerIfPresent() ?? 1, 1)
      }
    }
    return kind == "Pod" && namespace == LonghornPod.namespace ? event : nil
  }
}
