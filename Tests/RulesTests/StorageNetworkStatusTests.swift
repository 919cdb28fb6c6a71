import Addressing
import Testing

@testable import Rules

@Suite struct `Status of the storage network` {
  static let definition = "harvester-system/storagenetwork-a"
  static let value = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/28"}"#

  /// Three Longhorn pods on a network that Harvester has completed; twelve addresses are needed.
  static func facts(_ change: (inout ClusterFacts) -> Void = { _ in }) -> ClusterFacts {
    var facts = ClusterFacts()
    facts.serverVersion = "v1.6.0"
    facts.nodes = (0..<3).map { NodeFact(name: "n\($0)") }
    facts.storage = StorageFact(
      nodes: facts.nodes, longhornNodes: facts.nodes.map { LonghornNodeFact(name: $0.name, disks: 1) })
    facts.storageNetwork = setting(value, ConfiguredCondition(status: "True", reason: "Completed", message: ""))
    facts.longhorn = LonghornNetworkFact(network: definition, pods: pods([definition, definition, definition]))
    change(&facts)
    return facts
  }

  static func setting(
    _ value: String, hash: String? = nil, definition: String = definition, _ condition: ConfiguredCondition? = nil
  ) -> SettingObject {
    var setting = SettingObject(value: .text(Array(value.utf8)), configured: condition)
    setting.annotations = SettingAnnotations(
      hash: hash ?? ValueHash(of: Array(value.utf8)).description, definition: definition)
    return setting
  }

  static func pods(_ networks: [String]) -> [LonghornPodFact] {
    networks.enumerated().map { LonghornPodFact(name: "instance-manager-\($0.offset)", network: $0.element) }
  }

  static func inProgress(_ message: String) -> ConfiguredCondition {
    ConfiguredCondition(
      status: "False", reason: "In Progress", message: message, lastUpdateTime: "2026-11-29T03:00:00Z")
  }

  func read(_ facts: ClusterFacts) -> StorageNetworkStatus? { StorageNetworkStatus(facts, sizing: .automatic) }

  @Test func `a completed change, all pods on the network and no reservation`() throws {
    let status = try #require(read(Self.facts()))
    #expect(status.change == nil)
    #expect(status.pods == StorageNetworkStatus.Pods(onNetwork: 3, offNetwork: 0))
    #expect(status.range?.usage.usable.count == 14)
    #expect(status.range?.usage.free == 14)
    #expect(status.range?.required == 12)
  }

  @Test func `without a setting there is no status`() {
    #expect(read(Self.facts { $0.storageNetwork = nil }) == nil)
  }

  /// The setting, whether a change is in progress, and since when by its condition.
  static let changes: [(state: String, setting: SettingObject, stepBegan: String?)] = [
    ("completed", setting(value, ConfiguredCondition(status: "True", reason: "Completed", message: "")), nil),
    ("failed", setting(value, ConfiguredCondition(status: "False", reason: "error", message: "x")), nil),
    ("never set", SettingObject(), nil),
    ("unreadable", setting("[", inProgress("stopping pods")), nil),
    ("in progress", setting(value, inProgress("stopping pods")), "2026-11-29T03:00:00Z"),
    ("being emptied", setting("", definition: "", inProgress("stopping pods")), "2026-11-29T03:00:00Z"),
    ("not taken up, after a completed change", setting(value, hash: "0", inProgress("restarting pods")), ""),
    ("stuck at its first step", setting(value, hash: "0", inProgress("create NAD")), ""),
    ("taken up, without a condition", setting(value), ""),
  ]

  @Test(arguments: changes)
  func `a change is in progress until Harvester reports its end`(
    _ row: (state: String, setting: SettingObject, stepBegan: String?)
  ) throws {
    let status = try #require(
      read(
        Self.facts {
          $0.storageNetwork = row.setting
          if row.state == "never set" { $0.longhorn = LonghornNetworkFact(network: "") }
        }))
    #expect(status.change?.stepBegan == row.stepBegan, "\(row.state)")
    #expect(status.change.map { $0.value == row.setting.value } ?? true)
  }

  /// The setting, the pods' networks, and how many are on and off the network.
  static let podRows: [(setting: SettingObject, networks: [String], on: Int, off: Int)] = [
    (setting(value), [definition, definition, definition], 3, 0),
    (setting(value), [definition, "", "harvester-system/storagenetwork-old"], 1, 2),
    // Without a definition no pod can be on the network, nor is one without a network.
    (setting(value, definition: ""), ["", ""], 0, 2),
    (setting("", definition: ""), ["", ""], 2, 0),
    (setting("", definition: ""), [definition, ""], 1, 1),
    (setting(value), [], 0, 0),
  ]

  @Test(arguments: podRows.indices) func `pods are counted by their network`(_ index: Int) throws {
    let row = Self.podRows[index]
    let status = try #require(
      read(
        Self.facts {
          $0.storageNetwork = row.setting
          $0.longhorn.pods = Self.pods(row.networks)
        }))
    #expect(status.pods == StorageNetworkStatus.Pods(onNetwork: row.on, offNetwork: row.off))
  }

  @Test func `an unreadable value has neither pods nor a range, an empty one no range`() throws {
    let unreadable = try #require(read(Self.facts { $0.storageNetwork = Self.setting("{") }))
    #expect(unreadable.pods == nil)
    #expect(unreadable.range == nil)
    let empty = try #require(read(Self.facts { $0.storageNetwork = Self.setting(" \n", definition: "") }))
    #expect(empty.pods != nil)
    #expect(empty.range == nil)
  }

  /// What Longhorn, pods that are gone, and other pods have of fourteen usable addresses.
  @Test func `reserved addresses are taken, and those of Longhorn's pods that are gone are leaked`() throws {
    let facts = Self.facts {
      $0.reservations = ReservationFacts(
        pools: [
          `Reservations`.pool([
            1: "longhorn-system/a", 2: "longhorn-system/gone", 3: "default/b", 4: "longhorn-system/b",
            // Outside of the range, and its first address, which is not usable.
            0: "longhorn-system/gone", 99: "longhorn-system/gone",
          ])
        ],
        reservations: [
          .init(address: `Reservations`.address(5), pod: "longhorn-system/gone"),
          .init(address: `Reservations`.address(3), pod: "longhorn-system/gone"),
        ],
        longhornPods: [
          LonghornPodAddresses(reference: "longhorn-system/a", addresses: [`Reservations`.address(1)]),
          LonghornPodAddresses(reference: "longhorn-system/b", addresses: [`Reservations`.address(6)]),
        ])
    }
    let usage = try #require(read(facts)?.range?.usage)
    #expect(usage.usable.count == 14)
    #expect(usage.taken == AddressSet([1, 2, 3, 4, 5].map(`Reservations`.address)))
    #expect(usage.kept == AddressSet([2, 3, 4, 5].map(`Reservations`.address)))
    #expect(usage.leaked == AddressSet([2, 3, 4, 5].map(`Reservations`.address)))
    #expect(usage.free == 9)
    #expect(usage.available == 10)
  }

  @Test func `a definition that excludes more than the setting leaves fewer usable addresses`() throws {
    let facts = Self.facts {
      var attachment = NetworkAttachmentFact()
      (attachment.namespace, attachment.name) = ("harvester-system", "storagenetwork-a")
      attachment.allocatable = AddressSet([1, 2, 3, 200].map(`Reservations`.address))
      $0.attachments = [attachment]
    }
    #expect(read(facts)?.range?.usage.usable.count == 3)
  }

  /// Harvester has not recorded the value, so that the setting still names the definition of an earlier one.
  @Test func `a value that is not recorded has no definition yet`() throws {
    let facts = Self.facts {
      $0.storageNetwork = Self.setting(Self.value, hash: "0")
      var attachment = NetworkAttachmentFact()
      (attachment.namespace, attachment.name) = ("harvester-system", "storagenetwork-a")
      attachment.allocatable = AddressSet([200, 201].map(`Reservations`.address))
      $0.attachments = [attachment]
    }
    let status = try #require(read(facts))
    #expect(status.pods == StorageNetworkStatus.Pods(onNetwork: 0, offNetwork: 3))
    #expect(status.range?.usable == 14)
  }

  @Test func `the option of the formula decides the required addresses`() {
    let status = StorageNetworkStatus(Self.facts(), sizing: .always(.v1_2))
    #expect(status?.range?.required == 18)
  }
}

@Suite struct `Holders of reservations` {
  /// A reservation's pod, and whether the address has leaked.
  @Test(
    arguments: [
      ("longhorn-system/a", false), ("longhorn-system/gone", true), ("default/gone", false), ("a", false),
      // Whereabouts before 0.5 notes no namespace, so that it may be of any.
      ("gone", false), ("", false),
    ])
  func `only an address of Longhorn's namespace can be known to have leaked`(_ pod: String, _ hasLeaked: Bool) {
    let holders = ReservationHolders([LonghornPodAddresses(reference: "longhorn-system/a")])
    #expect(holders.haveLeaked(.init(address: `Reservations`.address(1), pod: pod)) == hasLeaked)
    #expect(holders.mayHold(.init(address: `Reservations`.address(1), pod: pod)) == pod.hasSuffix("a"))
  }
}
