import ClusterState
import Foundation
import Rules
import Snapshot
import TestSupport
import Testing

@testable import Reports

/// Golden files of the reports, and the clusters of the reports.
enum Golden {
  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  static let repository = tests.deletingLastPathComponent()

  static func expect(
    _ text: String, in file: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try GoldenFile.matches(text, file), "\(file): UPDATE_GOLDEN=1 rewrites it", sourceLocation: location)
  }

  /// Every state of a change with a cluster.
  static let states: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "ReportClusters").path))
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// Three nodes in this state of a change.
  static func cluster(_ state: String? = nil) throws -> VerifySnapshot {
    try snapshot(state).inspected ?? VerifySnapshot()
  }

  static func facts(_ state: String? = nil) throws -> ClusterFacts {
    var objects = try snapshot(state).objects
    return objects.facts
  }

  private static func snapshot(_ state: String?) throws -> Snapshot {
    var snapshot = Snapshot(inspects: true)
    for file in ["Clusters/three-idle-nodes.yaml"] + (state.map { ["ReportClusters/\($0).yaml"] } ?? []) {
      try snapshot.add(Array(Data(contentsOf: tests.appending(path: file))), named: file)
    }
    return snapshot
  }

  static func report(_ state: String) throws -> VerifyReport {
    var cluster = try cluster(state)
    return try #require(VerifyInput(cluster.facts, cluster.extraFacts)).report
  }
}
