// What one step costs in this process, without network: the median of many short runs, in nanoseconds.

import Admission
import ClusterState
import Foundation
import Rules
import Snapshot

/// Prints the median cost of `step` over 200 runs of so many calls; an argument selects steps by a part of their name.
func measure(_ name: String, calls: Int = 1_000, _ step: () -> Void) {
  if CommandLine.arguments.count > 1, !name.contains(CommandLine.arguments[1]) { return }
  let clock = ContinuousClock()
  let runs = (0..<200).map { _ in
    clock.measure { for _ in 0..<calls { step() } } / calls
  }.sorted()
  let nanoseconds = Double(runs[runs.count / 2].components.attoseconds) / 1e9
  print(name.padding(toLength: 56, withPad: " ", startingAt: 0), String(format: "%10.0f ns", nanoseconds))
}

func bytes(of path: String) -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else { fatalError("cannot read \(path)") }
  return Array(data)
}

let review = bytes(of: "manifests/example/reviews/update-set-value.json")
var snapshot = Snapshot()
try snapshot.add(bytes(of: "manifests/example/cluster.yaml"), named: "cluster.yaml")
let facts = snapshot.objects.facts
let ruleset = Ruleset()
let reviewer = Reviewer(ruleset: ruleset)
let request = try ReviewDecoder.decode(review.span)
guard let change = request.change else { fatalError("the review changes the setting") }

measure("decode a review of \(review.count) bytes") { _ = try? ReviewDecoder.decode(review.span) }
measure("decode it with Foundation, for comparison", calls: 100) {
  _ = try? JSONDecoder().decode(FoundationReview.self, from: Data(review))
}
measure("judge it") { _ = ruleset.judge(change) { facts } }
measure("answer it, bytes to bytes") { _ = try? reviewer.answer(review.span, for: .validate) { facts } }

/// The same fields by Codable.
struct FoundationReview: Decodable {
  struct Request: Decodable {
    struct Setting: Decodable {
      var value: String?
      var `default`: String?
    }
    var uid: String
    var name: String
    var operation: String
    var object: Setting?
    var oldObject: Setting?
  }
  var apiVersion: String
  var kind: String
  var request: Request
}
