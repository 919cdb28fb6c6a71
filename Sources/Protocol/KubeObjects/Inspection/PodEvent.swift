package import JSON

/// An event of a pod (v1 `Event`).
package struct PodEvent: Sendable, Equatable {
  package var pod = ""
  package var reason = ""
  package var message = ""
  /// The number of occurrences; at least 1.
  package var count = 1
  /// The time of the last occurrence (RFC 3339, so the order of texts is that of times); possibly empty.
  package var lastSeen = ""

  package init() {}

  /// Whether it explains why a pod does not run.
  package var reportsFailure: Bool { reason.hasPrefix("Failed") || reason == "BackOff" }

  /// Whether Whereabouts had no address left for the pod.
  ///
  /// <https://github.com/k8snetworkplumbingwg/whereabouts> reports this in the sandbox's error.
  package var reportsAddressExhaustion: Bool {
    reason == "FailedCreatePodSandBox" && message.contains("Could not allocate IP in range")
  }

  /// The network plugin's message, without the prefixes of the kubelet, the container runtime and Multus.
  package var cause: String {
    let text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    if let adding = text.ranges(of: "error adding container to network ").last,
      let start = text[adding.upperBound...].firstRange(of: ": ")
    {
      return String(text[start.upperBound...])
    }
    guard let adding = text.ranges(of: "failed (add): ").last else { return text }
    return String(text[adding.upperBound...])
  }
}

extension JSONReader {
  /// Reads an `Event` (v1); nil unless it is about a pod in Longhorn's namespace.
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
      } else {
        try reader.readOccurrence(key, into: &event)
      }
    }
    return kind == "Pod" && namespace == LonghornPod.namespace ? event : nil
  }

  /// Reads count and time, from the event itself or from its series (events.k8s.io/v1).
  private mutating func readOccurrence(_ key: borrowing JSONToken, into event: inout PodEvent) throws(JSONError) {
    if key.equals("count") {
      event.count = max(event.count, try readIntegerIfPresent() ?? 1)
    } else if key.equals("lastTimestamp") || key.equals("eventTime") {
      event.lastSeen = max(event.lastSeen, try readStringIfPresent()?.string ?? "")
    } else if key.equals("series"), try nextKind() == .object {
      try readMembers { key, reader throws(JSONError) in
        if key.equals("count") {
          event.count = max(event.count, try reader.readIntegerIfPresent() ?? 1)
        } else if key.equals("lastObservedTime") {
          event.lastSeen = max(event.lastSeen, try reader.readStringIfPresent()?.string ?? "")
        }
      }
    }
  }
}
