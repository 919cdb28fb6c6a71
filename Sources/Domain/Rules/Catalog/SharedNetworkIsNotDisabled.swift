/// While rwx-network shares the storage network, disabling it disconnects RWX volumes.
enum SharedNetworkIsNotDisabled: Rule {
  static let requirement = "The storage network is not disabled while rwx-network shares it."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard context.facts.rwxSharesStorageNetwork else { return }
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      must not be disabled while rwx-network shares it (share-storage-network is true); change that first in the \
      Web UI (Dedicated RWX Network) or with kubectl edit settings.harvesterhci.io rwx-network
      """)
  }
}
