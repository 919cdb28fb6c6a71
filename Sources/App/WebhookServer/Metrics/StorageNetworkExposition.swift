internal import Rules
internal import WebhookCore

extension Exposition {
  /// Adds the state of the storage network. What is not known has no sample.
  ///
  /// - Parameter changeStart: In seconds since 1970; nil without a change.
  mutating func add(_ status: StorageNetworkStatus?, changeStart: Int64?) {
    add(
      "change_in_progress", .gauge,
      "Whether a change of the storage network is in progress: from the new value until Harvester reports its end.",
      status.map { $0.change == nil ? 0 : 1 })
    add(
      "change_start_timestamp_seconds", .gauge,
      "Time since which the change in progress is known; it may have begun earlier.", changeStart.map(Int.init))
    begin(
      "longhorn_pods", .gauge,
      "Running Longhorn pods with storage traffic, by whether they are on the network of the setting.")
    if let pods = status?.pods {
      add(pods.onNetwork, ["state": "on_network"])
      add(pods.offNetwork, ["state": "off_network"])
    }
    add(status?.range)
  }

  private mutating func add(_ range: StorageNetworkStatus.Range?) {
    add(
      "range_usable_addresses", .gauge,
      "Addresses of the range that Whereabouts may allocate, by the setting and the network definition.", range?.usable)
    add(
      "range_taken_addresses", .gauge, "Usable addresses that are reserved, leaked ones included.", range?.taken)
    add(
      "range_leaked_addresses", .gauge,
      "Usable addresses that are reserved for Longhorn pods which do not exist or have another address.",
      range?.leaked)
    add(
      "range_available_addresses", .gauge,
      "Usable addresses without leaked ones and those that are reserved for pods that are not Longhorn's.",
      range?.available)
    add(
      "range_required_addresses", .gauge,
      "Addresses that Longhorn needs, with a second generation of its pods during an upgrade.", range?.required)
  }

  /// Adds a family with one sample, or with none.
  private mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int?) {
    begin(name, kind, help)
    if let value { add(value) }
  }
}
