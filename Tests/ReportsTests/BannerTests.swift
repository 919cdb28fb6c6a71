import Admission
import ClusterState
import Foundation
import JSON
import Rules
import Snapshot
import Testing

@testable import Reports

/// The example of README, as kubectl prints it and as the banner of the Web UI shows it.
@Suite struct `Denial in README` {
  static let value =
    #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24","exclude":["192.168.0.1/28"]}"#

  static let machine = """
    apiVersion: kubevirt.io/v1
    kind: VirtualMachineInstance
    metadata: {name: web-1, namespace: default}
    status: {phase: Running}
    """

  /// The status that the API server returns (apiserver, pkg/admission/plugin/webhook/errors).
  static func status() throws -> JSONValue {
    var snapshot = Snapshot()
    let nodes = Golden.tests.appending(path: "Clusters/three-idle-nodes.yaml")
    try snapshot.add(Array(Data(contentsOf: nodes)), named: "cluster.yaml")
    try snapshot.add(Array(machine.utf8), named: "machine.yaml")
    let cluster = SharedFacts(snapshot.objects.facts)
    let change = Change.update(from: SettingObject(), to: SettingObject(value: .text(Array(value.utf8))))
    guard case .denied(let violations, let warnings) = Ruleset().evaluate(change, in: { cluster }) else {
      throw JSONFormatError()
    }
    let body = ReviewEncoder.encode(.denied(violations, warnings: warnings), uid: [])
    return try #require(try JSONValue(parsing: body)["response"]?["status"])
  }

  struct JSONFormatError: Error {}

  @Test func `the banner shows the denial`() throws {
    let message = try #require(try Self.status()["message"]?.string)
    let deniedBy = "admission webhook \"storage-network.harvesterhci.io\" denied the request"
    let picture = BannerPicture("\(deniedBy): \(message)")
    #expect(picture.svg.isWellFormed)
    try Golden.expect(picture.svg, in: "docs/pictures/banner.svg")
  }

  @Test func `README has the denial as kubectl prints it`() throws {
    guard case .array(let causes)? = try Self.status()["details"]?["causes"] else { throw JSONFormatError() }
    let bullets = causes.map { "* \($0["field"]?.string ?? ""): \($0["message"]?.string ?? "")" }
    let printed = (["The Setting \"storage-network\" is invalid:"] + bullets).joined(separator: "\n")
    let readme = try String(contentsOf: Golden.repository.appending(path: "README.md"), encoding: .utf8)
    let command = "$ kubectl edit settings.harvesterhci.io storage-network\n"
    let start = try #require(readme.range(of: command)?.upperBound)
    let end = try #require(readme[start...].range(of: "\n```")?.lowerBound)
    try Golden.expect("\(readme[..<start])\(printed)\(readme[end...])", in: "README.md")
  }
}
