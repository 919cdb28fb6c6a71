internal import Addressing
internal import ClusterState
internal import KubeObjects
internal import Rules

/// Compares Longhorn's pods with the setting, Harvester's progress and Longhorn's settings.
struct PodInspection {
  private let target: Target
  private let outages: [String: NodeFact.Outage]
  /// The last failure event of each pod.
  private let failures: [String: PodEvent]
  private let pods: [InspectedPod]
  /// Whether Longhorn may still restart a pod that is on another network.
  private let mayStillMove: Bool
  private let csiPluginMayStillMove: Bool

  init(
    _ facts: ClusterFacts, _ extraFacts: VerifyFacts, _ target: Target, _ change: HarvesterProgress,
    _ outages: [String: NodeFact.Outage]
  ) {
    self.target = target
    self.outages = outages
    failures = extraFacts.lastFailures
    let rwx = RWXSharing(facts, extraFacts, target)
    pods = extraFacts.pods.filter { !$0.isFinished && ($0.carriesStorage || rwx.isOn && $0.isCSIPlugin) }
    // While Harvester waits for addresses, Longhorn's setting is written already, and a pod left behind blocks
    // Harvester.
    let harvesterIsDone = !change.isInProgress || change == .inProgress(.allocating)
    let longhornIsConfigured = (facts.longhorn.network ?? "") == target.definition && target.isDefined
    // Longhorn reports `applied` only from 1.6 on, and for a moment after a write of its setting the report is of the
    // previous value. A pod that stays while others have moved is left behind.
    let hasProgressed = pods.contains { $0.carriesStorage && ($0.storageInterface?.network ?? "") == target.definition }
    mayStillMove = !harvesterIsDone || !longhornIsConfigured || facts.longhorn.isApplied != true || !hasProgressed
    csiPluginMayStillMove = mayStillMove || !rwx.isApplied
  }

  var reports: [PodReport] {
    var reports = pods.map(report)
    // The address of a terminating pod may already be assigned to the next one.
    let holding = reports.indices.filter { reports[$0].address != nil && !reports[$0].pod.isBeingDeleted }
    let owners = Dictionary(grouping: holding) { reports[$0].address }
    for (address, holders) in owners where holders.count > 1 {
      for index in holders {
        let others = holders.lazy.filter { $0 != index }.map { reports[$0].pod.name }
        let words = "\(address.map(\.description) ?? "") is also on \(others.joined(separator: ", "))"
        reports[index].verdict = .duplicateAddress(words)
      }
    }
    return reports
  }

  private func report(_ pod: InspectedPod) -> PodReport {
    let interface = pod.carriesStorage ? pod.storageInterface : pod.endpointInterface
    let address = interface?.addresses.lazy.compactMap { try? IPv4Address($0) }.first
    let verdict = adjusted(verdict(on: pod, interface, address), on: pod)
    return PodReport(pod: pod, interface: interface, address: address, verdict: verdict)
  }

  /// Returns the verdict with regard to the node: an unavailable node is not the pod's error. On a cordoned node a pod
  /// continues to run, but none starts.
  private func adjusted(_ verdict: PodReport.Verdict, on pod: InspectedPod) -> PodReport.Verdict {
    guard let outage = outages[pod.node], verdict != .ok, outage == .notReady || !pod.isReady else {
      return verdict
    }
    return .nodeUnavailable("\(pod.node) is \(outage.described)")
  }

  private func verdict(
    on pod: InspectedPod, _ interface: InspectedPod.Interface?, _ address: IPv4Address?
  ) -> PodReport.Verdict {
    if pod.isBeingDeleted { return .waiting("is being removed") }
    if pod.phase == "Failed" { return mayStillMove ? .waiting("has failed") : .misplaced("has failed") }
    if let interface {
      guard let mismatch = mismatch(of: interface, address) else {
        return pod.isReady ? .ok : unready(pod)
      }
      return wrongNetwork(pod, mismatch)
    }
    if !pod.isReady { return unready(pod) }
    guard case .network = target else { return .ok }
    return wrongNetwork(pod, "is not on the storage network")
  }

  private func wrongNetwork(_ pod: InspectedPod, _ mismatch: String) -> PodReport.Verdict {
    (pod.carriesStorage ? mayStillMove : csiPluginMayStillMove) ? .pendingRestart : .misplaced(mismatch)
  }

  private func mismatch(of interface: InspectedPod.Interface, _ address: IPv4Address?) -> String? {
    guard case .network(let network) = target, interface.network == network.definition else {
      return "is still on \(interface.network.isEmpty ? "an unnamed network" : interface.network)"
    }
    guard let address else { return "has no IPv4 address on the network" }
    guard network.range.contains(address) else { return "has an address outside of \(network.range)" }
    return network.usable.contains(address) ? nil : "has an address that is excluded"
  }

  private func unready(_ pod: InspectedPod) -> PodReport.Verdict {
    let state = "is not ready (\(pod.phase.isEmpty ? "no phase yet" : pod.phase))"
    guard let event = failures[pod.name] else { return .waiting(state) }
    if event.reportsAddressExhaustion { return .waiting("\(state): it has no address") }
    let words = "\(state): \(event.cause.truncated(to: 300))"
    return event.isPermanent ? .blocked(words) : .waiting(words)
  }
}

/// Whether RWX volumes use the storage network too, so that each pod of the CSI plugin is attached to it.
struct RWXSharing {
  let isOn: Bool
  /// Whether Longhorn reports that it has restarted the CSI plugin for it.
  let isApplied: Bool

  init(_ facts: ClusterFacts, _ extraFacts: VerifyFacts, _ target: Target) {
    let endpoint = extraFacts[longhornSetting: InspectedLonghornSetting.endpointNetworkForRWX]
    let older = extraFacts[longhornSetting: InspectedLonghornSetting.storageNetworkForRWX]
    guard case .network = target else {
      (isOn, isApplied) = (false, true)
      return
    }
    // From Harvester v1.8 on the endpoint setting replaces the older one, which may be left behind.
    let destinations = [InspectedLonghornSetting.storageNetwork, target.definition]
    let isConfigured = endpoint.map { !$0.value.isEmpty && destinations.contains($0.value) } ?? (older?.value == "true")
    isOn = facts.rwxSharesStorageNetwork || isConfigured
    isApplied = isConfigured && (endpoint ?? older)?.isApplied != false
  }
}

extension VerifyFacts {
  /// The last failure event of each pod; of two at the same time the later one in the list.
  fileprivate var lastFailures: [String: PodEvent] {
    let events = events.filter(\.reportsFailure).map { ($0.pod, $0) }
    return Dictionary(events) { $1.lastSeen >= $0.lastSeen ? $1 : $0 }
  }
}

extension PodEvent {
  /// Whether retries cannot succeed without a repair: the bridge, the definition or the plugin is missing, or the
  /// attempts have failed for two minutes (the kubelet retries about every twelve seconds).
  fileprivate var isPermanent: Bool {
    guard reason == "FailedCreatePodSandBox" else { return false }
    let text = message.lowercased()
    return count >= 10
      || ["link not found", "network-attachment-definition", "failed to find plugin"].contains { text.contains($0) }
  }
}

extension String {
  /// The text, truncated if it is very long.
  fileprivate func truncated(to limit: Int) -> String { count > limit ? prefix(limit - 1) + "…" : self }
}
