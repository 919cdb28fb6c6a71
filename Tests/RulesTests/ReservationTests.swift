import Addressing
import Testing

@testable import Rules

@Suite struct `Reservations` {
  static func address(_ last: UInt32) -> IPv4Address { IPv4Address(rawValue: 0xC0A8_0000 + last) }

  static func pool(
    _ pods: [UInt32: String], named name: String = "192.168.0.0-24", of network: String = ""
  ) -> AddressPoolFact {
    AddressPoolFact(
      name: name, networkName: network, range: IPv4Prefix(containing: address(0), length: 24),
      reservations: pods.sorted { $0.key < $1.key }.map { .init(address: address($0.key), pod: $0.value) })
  }

  @Test func `reservations of existing Longhorn pods are released, all others are kept`() {
    let facts = ReservationFacts(
      pools: [Self.pool([1: "longhorn-system/a", 2: "longhorn-system/gone", 3: "default/b"])],
      reservations: [
        .init(address: Self.address(2), pod: "longhorn-system/gone"), .init(address: Self.address(4), pod: "default/c"),
      ],
      longhornPods: [LonghornPodAddresses(reference: "longhorn-system/a", addresses: [Self.address(1)])])
    #expect(facts.all.count == 4)
    #expect(facts.entries.map(\.address) == [2, 3, 4].map(Self.address))
    #expect(facts.entries[0].places == [.init(pool: "192.168.0.0-24", key: 2)])
    #expect(facts.entries.map(\.isReservedOverAll) == [true, false, true])
    #expect(facts.entries.map(\.isOfLonghorn) == [true, false, false])
    #expect(facts.kept.count == 3)
  }

  /// The reported addresses of an existing pod, and whether the reservation is kept.
  @Test(arguments: [(nil, 0), ([1], 0), ([5], 1), ([], 1)] as [([UInt32]?, Int)])
  func `reservations of a pod that has another address are kept`(_ addresses: [UInt32]?, _ kept: Int) {
    let facts = ReservationFacts(
      pools: [Self.pool([1: "longhorn-system/a"])], reservations: [],
      longhornPods: [
        LonghornPodAddresses(reference: "longhorn-system/a", addresses: addresses.map { $0.map(Self.address) })
      ])
    #expect(facts.kept.count == kept)
  }

  @Test func `reservations of named networks are not counted`() {
    let facts = ReservationFacts(
      pools: [Self.pool([1: "default/a"], named: "x-192.168.0.0-24", of: "x")], reservations: [], longhornPods: [])
    #expect(facts == ReservationFacts())
  }
}

@Suite struct `Harvester versions` {
  @Test(
    arguments: [
      ("v1.2.2", HarvesterVersion(1, 2)), ("v1.9.0-rc4", HarvesterVersion(1, 9)), ("v1.10.0", HarvesterVersion(1, 10)),
      ("v1.9-1a2b3c-head", HarvesterVersion(1, 9)), ("master-1a2b3c-head", nil), ("", nil),
    ] as [(String, HarvesterVersion?)]) func `a version is parsed to its release line`(
      _ text: String, _ version: HarvesterVersion?
    )
  {
    #expect(HarvesterVersion(serverVersion: text) == version)
  }

  @Test func `versions are compared by their numbers`() {
    #expect(HarvesterVersion(1, 9) < HarvesterVersion(1, 10))
    #expect(HarvesterVersion(1, 10) < HarvesterVersion(2, 0))
  }
}
