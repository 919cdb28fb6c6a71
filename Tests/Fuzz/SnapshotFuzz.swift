import ClusterState
import Rules
import Snapshot

/// A file is accepted or rejected; adding it again changes nothing.
func checkSnapshot(_ input: [UInt8]) -> String? {
  for name in ["fuzz.yaml", "fuzz.json"] {
    var snapshot = Snapshot()
    guard (try? snapshot.add(input, named: name)) != nil else { continue }
    let once = picture(of: snapshot.objects.facts)
    guard (try? snapshot.add(input, named: name)) != nil else { return "it is refused the second time" }
    if picture(of: snapshot.objects.facts) != once { return "the second time the facts are others" }
  }
  return nil
}

/// The facts as text; their set is sorted, because it has no order.
private func picture(of facts: ClusterFacts) -> String {
  var facts = facts
  let definitions = facts.installedDefinitions.sorted()
  facts.installedDefinitions = []
  return "\(facts) \(definitions)"
}
