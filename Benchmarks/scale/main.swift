// Measures what the work behind the requests costs in clusters of different sizes, against the API server of the tests, and
// prints a Markdown table.
//
//   scale EXECUTABLE [OBJECTS...]        default: 200, 20000 and 200000 objects

import Foundation
import TestSupport

/// What one size costs.
struct Costs {
  var objects = 0
  var millisecondsToReady = 0.0
  var memory = 0.0
  var memoryAfterEvents = 0.0
  var event = 0.0
  var review = 0.0
  var reviewAfterChange = 0.0
}

let review = try String(contentsOfFile: "manifests/example/reviews/update-set-value.json", encoding: .utf8)

/// Events that change nothing that a rule reads, one at a time.
func costOfEvent(_ server: WatchingServer, _ count: Int, of machines: Int) throws -> Double {
  let before = try server.events
  let start = server.cpuTime
  for number in 0..<count {
    let object = GeneratedCluster.instance(number % machines, phase: "Running", version: 10 + number)
    server.apiServer.push(#"{"type":"MODIFIED","object":\#(object)}"# + "\n", to: GeneratedCluster.instances)
    usleep(500)
  }
  while try server.events < before + count { usleep(1_000) }
  return (server.cpuTime - start) / Double(count)
}

/// Reviews, each after an event that changes what a rule reads or that does not.
func costOfReview(_ server: WatchingServer, afterChange: Bool) throws -> Double {
  var cost = 0.0
  let count = 200
  for number in 0..<count {
    let phase = afterChange && number % 2 == 0 ? "Scheduling" : "Running"
    let object = GeneratedCluster.instance(0, phase: phase, version: 1_000_000 + number)
    server.apiServer.push(#"{"type":"MODIFIED","object":\#(object)}"# + "\n", to: GeneratedCluster.instances)
    usleep(3_000)
    let start = server.cpuTime
    let verdict = try server.validate(review)
    cost += server.cpuTime - start
    guard verdict.contains("\(GeneratedCluster.machine(0)) (\(phase))") else {
      throw WatchingServer.Failure(description: "the review did not see the change: \(verdict)")
    }
  }
  return cost / Double(count)
}

func measure(_ executable: String, _ objects: Int) throws -> Costs {
  let cluster = GeneratedCluster(count: objects / 2)
  let server = try WatchingServer(executable, cluster)
  usleep(500_000)
  var costs = Costs(objects: objects, memory: server.residentMemory)
  let ready = server.timeToReady.components
  costs.millisecondsToReady = Double(ready.seconds) * 1000 + Double(ready.attoseconds) / 1e15
  _ = try costOfEvent(server, 200, of: cluster.count)
  costs.event = try costOfEvent(server, 2_000, of: cluster.count)
  costs.review = try costOfReview(server, afterChange: false)
  costs.reviewAfterChange = try costOfReview(server, afterChange: true)
  costs.memoryAfterEvents = server.residentMemory
  return costs
}

func number(_ value: Double) -> String {
  value < 10 ? String(format: "%.2f", value) : value < 100 ? String(format: "%.1f", value) : String(format: "%.0f", value)
}

let arguments = CommandLine.arguments.dropFirst()
guard let executable = arguments.first else {
  FileHandle.standardError.write(Data("scale: the path of the program is missing\n".utf8))
  exit(2)
}
let sizes = arguments.dropFirst().compactMap { Int($0) }
let all = try (sizes.isEmpty ? [200, 20_000, 200_000] : sizes).map { size in
  FileHandle.standardError.write(Data("\(size) objects\n".utf8))
  return try measure(executable, size)
}

print("| objects |", all.map { "\($0.objects)" }.joined(separator: " | "), "|")
print("| --- |", all.map { _ in "---:" }.joined(separator: " | "), "|")
for (name, value) in [
  ("exec to /readyz 200, ms", \Costs.millisecondsToReady), ("resident memory, MiB", \.memory),
  ("resident memory after 2,600 events, MiB", \.memoryAfterEvents),
  ("CPU an event that no rule asks about, µs", \.event), ("CPU a review, µs", \.review),
  ("CPU a review that follows a change, µs", \.reviewAfterChange),
] { print("| \(name) |", all.map { number($0[keyPath: value]) }.joined(separator: " | "), "|") }
