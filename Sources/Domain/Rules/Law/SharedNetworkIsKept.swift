/// While rwx-network shares the storage network, switching that off would take the shared volumes their network.
enum SharedNetworkIsKept: Rule {
  static let demand = "The storage network is not switched off while rwx-network shares it."

  static func judge(_ change: Change, _ world: World, _ findings: inout Findings) {
    guard world.facts.rwxSharesStorageNetwork else { return }
    findings.refuse(
      change.field.rawValue,
      """
      the storage network cannot be switched off while rwx-network shares it (share-storage-network is true); change \
      that first with kubectl edit settings.harvesterhci.io rwx-network
      """)
  }
}
