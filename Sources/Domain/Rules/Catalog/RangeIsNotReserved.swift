internal import Addressing

/// Nodes route the networks of pods and services themselves; an overlap makes one of the two unreachable.
enum RangeIsNotReserved: Rule {
  static let requirement = "The range overlaps no pod network, no service network and no reserved one."

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    let range = proposed.range
    func addOverlap(with networks: String) {
      findings.addViolation(
        proposed.fields.path(.range), .invalid(proposed.written),
        "must not overlap \(networks); \(proposed.fields.adviceOnAnotherRange(like: range, in: context))")
    }

    let reserved = context.options.reservedRanges.filter { $0.network.overlaps(range) }
    for reservation in reserved {
      addOverlap(with: "\(reservation.network), which is reserved for \(reservation.purpose)")
    }

    // A pod network inside a reserved range would repeat the reason above.
    func isNew(_ network: IPv4Prefix) -> Bool {
      network.overlaps(range) && !reserved.contains { $0.network.contains(network) }
    }
    if context.facts.podNetworks.contains(where: isNew) {
      let podNetworks = context.facts.nodes.flatMap { node in
        node.podNetworks.filter(isNew).map { "\($0) (node \(node.name))" }
      }
      addOverlap(with: podNetworks.listed(as: "pod network"))
    }
    let serviceNetworks = context.facts.serviceNetworks.filter { isNew($0.network) }
      .map { "\($0.network) (ServiceCIDR \($0.name))" }
    if !serviceNetworks.isEmpty {
      addOverlap(with: serviceNetworks.listed(as: "service network"))
    }
  }
}

extension [String] {
  /// `the pod network 10.99.0.0/26 (node a)`, `the pod networks … and …`.
  fileprivate func listed(as unit: String) -> String { "the \(unit)\(count == 1 ? "" : "s") \(englishList)" }
}
