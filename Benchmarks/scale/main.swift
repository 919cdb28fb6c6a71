// Prints what the work behind the requests costs, against the number of objects, as a Markdown table.
//
//   scale PROGRAM [OBJECTS...]       default: 200 20000 200000
//   scale PROGRAM --soak MINUTES     prints the resident memory each minute, with 1,000 changes a second of 200000 objects
//
// Half of the objects are running virtual machine instances, half attached volumes, so each of them has a fact. The cluster
// is the API server stub of the tests; with KUBEBUILDER_ASSETS, a real etcd and kube-apiserver. A change is sent each
// millisecond, so that each of them wakes the webhook. CPU times are medians of the rounds; the rest is read once.

import Foundation
import TestSupport

var arguments = CommandLine.arguments.dropFirst()
func usage() -> Never {
  print("usage: scale PROGRAM [OBJECTS... | --soak MINUTES]")
  exit(2)
}

guard let program = arguments.popFirst() else { usage() }

func cluster(of objects: Int) throws -> any BenchmarkCluster {
  guard let assets = ControlPlane.Assets.newest else { return try StubCluster(objects: objects) }
  return try RealCluster(assets, objects: objects)
}

if arguments.first == "--soak", let minutes = arguments.last.flatMap({ Int($0) }) {
  try Measurement(of: program, in: cluster(of: 200_000)).soak(minutes: minutes) { line in
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }
  exit(0)
}

let given = arguments.compactMap { Int($0) }
guard given.count == arguments.count else { usage() }
let sizes = given.isEmpty ? [200, 20_000, 200_000] : given
let columns = try sizes.map { size in
  FileHandle.standardError.write(Data("\(size) objects\n".utf8))
  return try Measurement(of: program, in: cluster(of: size)).results()
}

print("| objects | \(sizes.map(String.init).joined(separator: " | ")) |")
print("| --- |" + String(repeating: " ---: |", count: sizes.count))
for measure in Measurement.Measure.allCases {
  let cells = columns.map { String(format: measure.format, $0[measure] ?? 0) }
  print("| \(measure.rawValue) | \(cells.joined(separator: " | ")) |")
}
