internal import Addressing

/// Reservations of deleted pods count against the range until they are removed. Those of Longhorn's existing pods are
/// released during the change.
enum RangeHasNoReservations: Rule {
  static let requirement = "Whereabouts keeps no address of the range for other pods."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let first = plan.kept.first,
      plan.available >= AddressRequirement(of: context.facts, choice: context.options.sizing).total,
      let example = context.facts.reservations.entries.first(where: { $0.address == first })
    else { return }
    let pod = example.pod.isEmpty ? "" : " for \(example.pod.truncated(to: Warning.maxNameLength))"
    findings.addWarning(
      """
      \(plan.fields.path(.range)): Whereabouts keeps \(plan.kept.count) of \(plan.usable.count.counted("usable address")) for \
      \(plan.reservationHolders(in: context)), such as \(first)\(pod); \(plan.available) \(plan.available == 1 ? "is" : "are") left
      """)
  }
}

extension AddressPlan {
  private func keptEntries(in context: EvaluationContext) -> [ReservationFacts.Entry] {
    context.facts.reservations.entries(in: usable)
  }

  /// The pods that addresses are kept for.
  func reservationHolders(in context: EvaluationContext) -> String { context.facts.reservations.holders(of: usable) }

  /// How to release kept addresses. Those of pods that may exist would be handed out twice.
  ///
  /// - Parameter count: How many addresses are missing.
  func adviceToFree(_ count: Int, in context: EvaluationContext) -> AdviceToFree {
    let entries = keptEntries(in: context)
    let gone = entries.filter(\.isOfLonghorn)
    if gone.count == entries.count {
      return AdviceToFree(text: "free them first: \(gone.commandsToFree)", isEnough: true)
    }
    if gone.count >= count {
      return AdviceToFree(text: "free those of Longhorn's pods first: \(gone.commandsToFree)", isEnough: true)
    }
    return AdviceToFree(
      text: "free those whose pod is gone (kubectl get pods -A shows the others): \(entries.commandsToFind)",
      isEnough: false)
  }
}

/// How to release kept addresses.
struct AdviceToFree {
  /// An imperative.
  let text: String
  /// Whether that surely frees as many addresses as are missing.
  let isEnough: Bool
}

extension [ReservationFacts.Entry] {
  /// The commands that remove the reservations.
  fileprivate var commandsToFree: String {
    let edits = pools.map { pool in
      "remove \(keys(in: pool).ranges) under spec.allocations with kubectl -n kube-system edit \(Self.pools) \(pool)"
    }
    let names = filter(\.isReservedOverAll).map { "\($0.address)" }
    if names.isEmpty { return edits.joined(separator: ", and ") }
    let some = names.count > Self.mostNames ? "for the first \(Self.mostNames) of \(names.count), run " : ""
    let list = names.prefix(Self.mostNames).joined(separator: " ")
    return (edits + ["\(some)kubectl -n kube-system delete \(Self.reservations) \(list)"]).joined(separator: ", and ")
  }

  /// The commands that show the reservations.
  fileprivate var commandsToFind: String {
    let edits = pools.map { "kubectl -n kube-system edit \(Self.pools) \($0)" }
    let list = contains(where: \.isReservedOverAll) ? ["kubectl -n kube-system get \(Self.reservations) -o yaml"] : []
    return (edits + list).joined(separator: ", and ")
  }

  private var pools: [String] { Set(flatMap(\.places).map(\.pool)).sorted() }

  private func keys(in pool: String) -> [UInt32] {
    flatMap(\.places).lazy.filter { $0.pool == pool }.map(\.key).sorted()
  }

  private static var pools: String { "ippools.whereabouts.cni.cncf.io" }
  private static var reservations: String { "overlappingrangeipreservations.whereabouts.cni.cncf.io" }
  private static var mostNames: Int { 64 }
}

extension [UInt32] {
  /// Ascending numbers in words: `1 to 14 and 20`.
  fileprivate var ranges: String {
    var ranges: [ClosedRange<UInt32>] = []
    for number in self {
      if let last = ranges.last, number == last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else if ranges.last?.upperBound != number {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }.englishList
  }
}
