internal import Addressing
package import JSON
internal import KubeObjects
internal import Rules

extension ConnectivityPlan.Ping {
  /// The image of recent instance managers has no ping. Their pods are privileged and have the node's `/proc` under `/host`, as
  /// Longhorn needs it: with the mount namespace of the node, its ping runs in the network of the pod.
  ///
  /// <https://github.com/longhorn/longhorn-instance-manager/blob/master/package/Dockerfile>
  package func command(dataSize: Int, _ kubectl: Kubectl) -> String {
    kubectl([
      "-n", LonghornPod.namespace, "exec", from.pod, "--", "nsenter", "--mount=/host/proc/1/ns/mnt", "ping",
      // Do not fragment; three packets, two seconds for each answer.
      "-M", "do", "-c", "3", "-W", "2", "-I", from.interface, "-s", "\(dataSize)", "\(to.address)",
    ])
  }
}

/// The plan for one cluster, as a report.
package struct ConnectivityReport: Report {
  package let plan: ConnectivityPlan
  private let kubectl: Kubectl

  package init(_ plan: ConnectivityPlan, _ kubectl: Kubectl) {
    self.plan = plan
    self.kubectl = kubectl
  }

  // docs/cli.md documents the members. New ones may be added; none is renamed.
  package var members: [JSONMember] {
    [
      JSONMember("definition", plan.network.definition), JSONMember("mtu", plan.mtu.value),
      JSONMember("mtuIsDefault", plan.mtu == .default), JSONMember("uplinkMTU", plan.uplinkMTU),
      JSONMember("dataSize", plan.dataSize), JSONMember("pings", plan.pings.map(members)),
      JSONMember("absent", plan.absent.map { [JSONMember("pod", $0.pod), JSONMember("reason", $0.reason)] }),
    ]
  }

  private func members(of ping: ConnectivityPlan.Ping) -> [JSONMember] {
    [
      JSONMember("from", ping.from.pod), JSONMember("fromNode", ping.from.node), JSONMember("to", ping.to.pod),
      JSONMember("toNode", ping.to.node), JSONMember("address", ping.to.address.description),
      JSONMember("ring", ping.isInRing), JSONMember("command", ping.command(dataSize: plan.dataSize, kubectl)),
    ]
  }
}

extension ConnectivityReport {
  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    styledText.add(
      TextRun("\(plan.network.range)", .bold), TextRun(" on \(plan.network.definition)"), hangingIndent: 2)
    styledText.add(TextRun("  \(mtuWords)", .dim), hangingIndent: 2)
    styledText.addBlank()
    addPings(to: &styledText)
    for absence in plan.absent {
      styledText.add(TextRun("! ", .warning), TextRun("left out: \(absence.pod) \(absence.reason)"), hangingIndent: 2)
    }
    return styledText
  }

  private var mtuWords: String {
    let source =
      switch plan.mtu {
      case .definition(let mtu): "MTU \(mtu) by the definition"
      case .default: "MTU \(plan.mtu.value), the default, as the definition sets none"
      }
    let data =
      "so \(plan.dataSize) bytes of data, and a header of 28 bytes, which routers and switches must not fragment"
    guard let uplink = plan.uplinkMTU, uplink != plan.mtu.value else { return "\(source), \(data)" }
    return "\(source), \(data); the uplinks have MTU \(uplink)"
  }

  private func addPings(to styledText: inout StyledText) {
    guard !plan.pings.isEmpty else {
      styledText.add(TextRun("There are no two nodes with an instance manager on the storage network", .bold))
      return
    }
    let isWhole = plan.showsAll || plan.pings.count <= ConnectivityPlan.mostPings
    let shown = isWhole ? plan.pings : plan.pings.filter(\.isInRing)
    styledText.add("Each command must report \"3 received\":")
    var node = ""
    for ping in shown {
      if ping.from.node != node {
        styledText.addBlank()
        styledText.add(TextRun("# from \(ping.from.node)", .dim))
      }
      node = ping.from.node
      styledText.add(command: ping.command(dataSize: plan.dataSize, kubectl))
    }
    styledText.addBlank()
    guard !isWhole else { return }
    styledText.add(
      "a ring, to and from each node once; --verbose prints all \(plan.pings.count) pairs of instance managers",
      hangingIndent: 2)
  }
}
