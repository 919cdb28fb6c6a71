// Prints the cost of one step in this process, without network: the median of many short runs, in nanoseconds.
//
//   microbenchmarks [PART-OF-A-NAME [RUNS]]       callgrind counts one run of one step

import Addressing
import Admission
import ClusterState
import Foundation
import JSON
import Rules
import Snapshot

let runs = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 200 : 200

func isWanted(_ name: String) -> Bool {
  CommandLine.arguments.count < 2 || name.contains(CommandLine.arguments[1])
}

/// Prints the median cost of `step` over all runs of `calls` calls.
func measure(_ name: String, calls: Int = 1_000, _ step: () -> Void) {
  guard isWanted(name) else { return }
  let clock = ContinuousClock()
  let costs = (0..<runs).map { _ in
    clock.measure { for _ in 0..<calls { step() } } / calls
  }.sorted()
  let nanoseconds = Double(costs[costs.count / 2].components.attoseconds) / 1e9
  print(name.padding(toLength: 56, withPad: " ", startingAt: 0), String(format: "%10.0f ns", nanoseconds))
}

func bytes(of path: String) -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else { preconditionFailure("cannot read \(path)") }
  return Array(data)
}

let evaluatingLarge = "evaluate a /16 in a large cluster"
let review = bytes(of: "manifests/example/reviews/update-set-value.json")
var snapshot = Snapshot()
try snapshot.add(bytes(of: "manifests/example/cluster.yaml"), named: "cluster.yaml")
let cluster = SharedFacts(snapshot.objects.facts)
let ruleset = Ruleset()
let reviewer = Reviewer(ruleset: ruleset)
let request = try ReviewDecoder.decode(review.span)
guard let change = request.change else { preconditionFailure("the review changes the setting") }

measure("decode a review of \(review.count) bytes") { _ = try? ReviewDecoder.decode(review.span) }
measure("skip it, for comparison") {
  var reader = JSONReader(review.span)
  _ = try? reader.skip()
}
measure("decode it with Foundation, for comparison", calls: 100) {
  _ = try? JSONDecoder().decode(FoundationReview.self, from: Data(review))
}
measure("evaluate it") { _ = ruleset.evaluate(change) { cluster } }
measure("canonicalize it, as /mutate does") { _ = change.patch }
measure("decode, evaluate and encode it") { _ = try? reviewer.respond(to: review.span, for: .validate) { cluster } }
measure("decode, canonicalize, evaluate and encode it") {
  _ = try? reviewer.respond(to: review.span, for: .mutate) { cluster }
}

if isWanted(evaluatingLarge) {
  let cluster = SharedFacts(try LargeCluster.facts())
  let change = LargeCluster.change
  guard case .allowed = ruleset.evaluate(change, in: { cluster }) else {
    preconditionFailure("the large cluster must allow the change: \(ruleset.evaluate(change) { cluster })")
  }
  measure(evaluatingLarge) { _ = ruleset.evaluate(change) { cluster } }
}

for length in [16, 29] {
  let network = IPv4Prefix(containing: IPv4Address(rawValue: 0xC0A8_0000), length: length)
  let hole = IPv4Prefix(containing: IPv4Address(rawValue: 0xC0A8_0002), length: 31)
  measure("count the usable addresses of a /\(length)") {
    var usable = AddressSet(usableIn: network)
    usable.subtract(hole)
    precondition(usable.count == 1 << (32 - length) - 4)
  }
}

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
