internal import Addressing
internal import KubeObjects
internal import Rules

extension ReclaimPlan {
  /// What can be removed, and what is left alone.
  package var styledText: StyledText {
    var styledText = StyledText()
    styledText.add(heading)
    styledText.addBlank()
    if isEmpty, !leavesSome {
      styledText.add(TextRun("✓ ", .success), "Whereabouts keeps nothing for pods that are gone", hangingIndent: 2)
    } else if isEmpty {
      styledText.add("nothing can be removed")
    } else {
      addFindings(to: &styledText)
    }
    addOthers(to: &styledText)
    return styledText
  }

  private func addFindings(to styledText: inout StyledText) {
    styledText.add(
      TextRun(addressCount == 0 ? "Objects" : addressCount.counted("address"), .bold),
      TextRun(addressCount == 0 ? " that can be removed:" : " can be given back:"))
    for pool in pools {
      for allocation in pool.allocations {
        styledText.add("  \(description(of: allocation, in: pool.pool))", hangingIndent: 4)
      }
    }
    for reservation in reservations { styledText.add("  \(description(of: reservation))", hangingIndent: 4) }
    for pool in emptyPools { styledText.add("  \(Self.description(of: pool))", hangingIndent: 4) }
  }

  private func addOthers(to styledText: inout StyledText) {
    for shared in sharedPools {
      styledText.add(
        TextRun("! ", .warning),
        TextRun(
          """
          left alone: \(shared.leaked.allocations.count.counted("entry")) of the pool \(shared.leaked.pool.object.name), \
          which \(shared.networks.englishList) uses too
          """), hangingIndent: 2)
    }
    for (obstacle, entries) in (entriesLeftAlone + reservationsLeftAlone).byObstacle {
      styledText.add(
        TextRun("! ", .warning), TextRun("left alone: \(entries.map(\.reservation).englishList); \(obstacle.words)"),
        hangingIndent: 2)
    }
    guard !otherNamespaces.isEmpty else { return }
    let list = otherNamespaces.englishList
    styledText.add(
      TextRun("! ", .warning),
      TextRun("left alone: \(otherNamespaces.count.counted("address")) of pods that are not Longhorn's: \(list)"),
      hangingIndent: 2)
  }

  private var heading: [TextRun] {
    switch target {
    case .network(let network): [TextRun("\(network.range)", .bold), TextRun(" on \(network.definition)")]
    case .disabled: [TextRun("No storage network", .bold)]
    case .unreadable: [TextRun("The setting's value is not a network", .bold)]
    }
  }
}

// Each thing to remove, in words.
extension ReclaimPlan {
  private func description(
    of allocation: InspectedAddressPool.Allocation, in pool: InspectedAddressPool
  ) -> String {
    "\(allocation.reservation.address) in the pool \(pool.object.name), of \(description(of: allocation.reservation.pod))"
  }

  private func description(of reservation: InspectedReservation) -> String {
    "the reservation \(reservation.object.name) over all ranges, of \(description(of: reservation.reservation.pod))"
  }

  private static func description(of pool: InspectedAddressPool) -> String {
    "the empty pool \(pool.object.name) of a range that no network uses"
  }

  private func description(of pod: String) -> String {
    uids[pod] == nil ? "\(pod), which is gone" : "\(pod), which has another address"
  }
}

extension ReclaimPlan.Obstacle {
  /// The reason in words, for one address or several.
  var words: String {
    switch self {
    case .usedToo(let networks): "\(networks.englishList) may hand out the same"
    case .podIsNotReady: "a pod that is not ready may get another address"
    case .noPodName: "no pod can have this name"
    }
  }
}

extension [ReclaimPlan.LeftAlone] {
  /// Those with the same obstacle, in the order of the first of each.
  var byObstacle: [(obstacle: ReclaimPlan.Obstacle, entries: Self)] {
    var obstacles: [ReclaimPlan.Obstacle] = []
    for entry in self where !obstacles.contains(entry.obstacle) { obstacles.append(entry.obstacle) }
    return obstacles.map { obstacle in (obstacle, filter { $0.obstacle == obstacle }) }
  }
}

extension ReclaimPlan {
  /// The commands with their explanation.
  package func commandText(_ kubectl: Kubectl) -> StyledText {
    var styledText = StyledText()
    let commands = commands(kubectl)
    guard !commands.isEmpty else { return styledText }
    styledText.add(
      """
      \(commands.count == 1 ? "This command removes it, and fails" : "These commands remove them, and fail") if an object \
      has changed or a pod has come back meanwhile:
      """)
    styledText.addBlank()
    for command in commands { styledText.add(command: command) }
    if remainingEntries > 0 {
      styledText.addBlank()
      styledText.add("run it again for \(remainingEntries.counted("further entry"))")
    }
    return styledText
  }
}
