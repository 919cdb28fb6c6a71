import ClusterState
import Rules
import Snapshot

/// A file is taken or refused; taking it a second time changes nothing.
func complaintAboutSnapshot(_ input: [UInt8]) -> String? {
  for name in ["fuzz.yaml", "fuzz.json"] {
    var snapshot = Snapshot()
    guard (try? snapshot.add(input, named: name)) != nil else { continue }
    let once = picture(of: snapshot.objects.facts)
    guard (try? snapshot.add(input, named: name)) != nil else { return "it is refused the second time" }
    if picture(of: snapshot.objects.facts) != once { return "the second time the facts are others" }
  }
  return nil
}

/// The facts as text. A set has no order, so the one among them is sorted.
private func picture(of facts: ClusterFacts) -> String {
  var facts = facts
  let definitions = facts.installedDefinitions.sorted()
  facts.installedDefinitions = []
  return "\(facts) \(definitions)"
}
