import ClusterState
import Snapshot

/// A file is taken or refused; taking it a second time changes nothing.
func complaintAboutSnapshot(_ input: [UInt8]) -> String? {
  for name in ["fuzz.yaml", "fuzz.json"] {
    var snapshot = Snapshot()
    guard (try? snapshot.add(input, named: name)) != nil else { continue }
    let once = "\(snapshot.objects.facts)"
    guard (try? snapshot.add(input, named: name)) != nil else { return "it is refused the second time" }
    if "\(snapshot.objects.facts)" != once { return "the second time the facts are others" }
  }
  return nil
}
