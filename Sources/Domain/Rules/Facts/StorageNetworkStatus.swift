internal import Addressing

/// What the facts say about the present storage network, for the metrics.
package struct StorageNetworkStatus: Sendable, Equatable {
  /// A change that Harvester has not ended.
  package struct Change: Sendable, Equatable {
    package let value: SettingText
    /// When Harvester began its present step (RFC 3339); empty if it is not known, and before Harvester's first step.
    package let stepBegan: String

    package init(value: SettingText, stepBegan: String) {
      self.value = value
      self.stepBegan = stepBegan
    }
  }

  /// Longhorn's pods with storage traffic that are running.
  package struct Pods: Sendable, Equatable {
    package let onNetwork: Int
    package let offNetwork: Int
  }

  /// Numbers of addresses.
  package struct Range: Sendable, Equatable {
    let usage: RangeUsage
    /// What Longhorn needs.
    package let required: Int

    package var usable: Int { usage.usable.count }
    package var taken: Int { usage.taken.count }
    package var leaked: Int { usage.leaked.count }
    package var available: Int { usage.available }
  }

  /// The change in progress; nil without one.
  package let change: Change?
  /// Nil if the setting's value is not a network.
  package let pods: Pods?
  /// Nil without a storage network.
  package let range: Range?

  /// Nil without a setting storage-network.
  package init?(_ facts: borrowing ClusterFacts, sizing: SizingChoice) {
    guard let setting = facts.storageNetwork else { return nil }
    let value = Target(of: setting)
    let progress = HarvesterProgress(of: setting, to: value, longhornNetwork: facts.longhorn.network)
    let target = value.recorded(by: progress)
    change = Change(of: setting, progress)
    pods = Pods(facts.longhorn, target)
    if case .network(let network) = target {
      range = Range(
        usage: RangeUsage(of: network, in: facts), required: AddressRequirement(of: facts, choice: sizing).total)
    } else {
      range = nil
    }
  }
}

extension StorageNetworkStatus.Change {
  fileprivate init?(of setting: SettingObject, _ progress: HarvesterProgress) {
    guard progress.isInProgress else { return nil }
    // Before Harvester records the value, the condition is that of an earlier change.
    let condition = if case .inProgress = progress { setting.configured } else { ConfiguredCondition?.none }
    self.init(value: setting.value, stepBegan: condition?.lastUpdateTime ?? "")
  }
}

extension StorageNetworkStatus.Pods {
  fileprivate init?(_ longhorn: LonghornNetworkFact, _ target: Target) {
    guard target != .unreadable else { return nil }
    // No pod can be on a network that has no definition yet.
    offNetwork = target.isDefined ? longhorn.podsOff(target.definition).count : longhorn.pods.count
    onNetwork = longhorn.pods.count - offNetwork
  }
}
