import ClusterState
import Rules
import Testing

@testable import Reports

/// What a change would set in motion.
@Suite struct `A preview` {
  /// A value, and what its range loses. In the cluster, three addresses have leaked, and one is of a pod of another namespace.
  static let ranges: [(range: String, kept: String)] = [
    ("192.168.0.0/26", ", of which 4 are kept for pods that are gone or not Longhorn's"),
    ("192.168.0.16/28", ", of which 4 are kept for pods that are gone or not Longhorn's"), ("192.168.4.0/24", ""),
  ]

  @Test(arguments: ranges) func `says for which pods addresses are kept`(_ row: (range: String, kept: String)) throws {
    let facts = try Golden.facts("leaked")
    let stored = try #require(facts.storageNetwork)
    var new = stored
    new.value = .text(Array(#"{"vlan":100,"clusterNetwork":"storage","range":"\#(row.range)"}"#.utf8))
    let change = Change.update(from: stored, to: new)
    var objects = ObjectStore()
    let preview = ChangePreview(
      of: change, CheckReport(of: change, in: facts, RulesetOptions()), in: facts, objects.storageUsers, VerifyFacts())
    let usable = preview.addresses?.usable ?? 0
    #expect(preview.text(for: .plain).contains("of \(usable) usable ones\(row.kept) are needed"))
  }
}
