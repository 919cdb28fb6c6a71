// Prints what the work behind the requests costs, against the number of objects, as a Markdown table.
//
//   scale PROGRAM [OBJECTS...]       default: 200 20000 200000
//
// Half of the objects are running virtual machine instances, half attached volumes, so each of them has a fact. The cluster
// is the API server stub of the tests; with KUBEBUILDER_ASSETS, a real etcd and kube-apiserver. A change is sent each
// millisecond, so that each of them wakes the webhook. Each number is the median of the rounds.

import Foundation
import TestSupport

guard CommandLine.arguments.count > 1 else {
  print("usage: scale PROGRAM [OBJECTS...]")
  exit(2)
}
let program = CommandLine.arguments[1]
let given = CommandLine.arguments.dropFirst(2).compactMap { Int($0) }
let sizes = given.isEmpty ? [200, 20_000, 200_000] : given

let columns = try sizes.map { size in
  let cluster: any BenchmarkCluster =
    if let assets = ControlPlane.Assets.newest { try RealCluster(assets, objects: size) } else {
      try StubCluster(objects: size)
    }
  FileHandle.standardError.write(Data("\(size) objects\n".utf8))
  return try Measurement(of: program, in: cluster).results()
}

print("| objects | \(sizes.map(String.init).joined(separator: " | ")) |")
print("| --- |" + String(repeating: " ---: |", count: sizes.count))
for measure in Measurement.Measure.allCases {
  let cells = columns.map { String(format: measure.format, $0[measure] ?? 0) }
  print("| \(measure.rawValue) | \(cells.joined(separator: " | ")) |")
}
