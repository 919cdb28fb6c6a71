import Foundation
import TestSupport
import Testing

// The commands of an operator against a real cluster.
extension `Webhook with a real API server` {
  func run(_ arguments: String...) throws -> Program.Run {
    try Program.run(Repository.executable, arguments + ["--kubeconfig", context.plane.folder.path("admin")])
  }

  @Test func `plan counts nodes and disks of the cluster`() throws {
    let run = try run("plan", "--images", "10", "--suggest")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("needs 34 addresses"))
    #expect(run.output.contains("192.168."))
  }

  @Test func `check and the webhook give the same verdict`() throws {
    let denied = try run("check", "--value", LiveCluster.bad)
    #expect(denied.exitCode == 1, "\(denied.errors)")
    #expect(denied.output.contains("value.range: "))
    #expect(try run("check", "--value", LiveCluster.good).exitCode == 0)
  }

  @Test func `check --watch exits when the last machine is stopped`() throws {
    try context.startMachine("web-1")
    let watch = try Program(
      Repository.executable,
      ["check", "--watch", "--value", LiveCluster.good, "--kubeconfig", context.plane.folder.path("admin")])
    try watch.output.waitForLine(with: "denied")
    #expect(watch.output.text.contains("default/web-1"))
    try context.stopMachine("web-1")
    #expect(try watch.exitCode() == 0)
  }

  @Test func `verify waits for Longhorn's pods and succeeds when they are ready`() throws {
    let missing = try run("verify")
    #expect(missing.exitCode == 1, "\(missing.errors)")
    #expect(
      missing.output.contains("no instance manager runs on harvester-node-0, harvester-node-1 and harvester-node-2"))

    let watch = try Program(
      Repository.executable, ["verify", "--watch", "--kubeconfig", context.plane.folder.path("admin")])
    try watch.output.waitForLine(with: "0 of 3 pods")
    for node in 0...2 {
      try context.plane.kubectl("apply", "-f", "-", input: Self.enginePod(on: node))
      try context.plane.kubectl(
        "patch", "pod", "instance-manager-\(node)", "--namespace", "longhorn-system", "--subresource=status",
        "--type=merge", "--patch",
        #"{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}"#)
    }
    // No Harvester controller runs here.
    try context.plane.kubectl(
      "patch", "setting", "storage-network", "--type=merge", "--patch",
      #"{"metadata":{"annotations":{"storage-network.settings.harvesterhci.io/hash":"\#(Self.emptyHash)"}},"#
        + #""status":{"conditions":[{"type":"configured","status":"True","reason":"Completed"}]}}"#)
    #expect(try watch.exitCode() == 0)
    #expect(try run("verify", "-o", "json").output.hasPrefix(#"{"verified":true,"#))
    try context.plane.kubectl(
      "delete", "pods", "--all", "--namespace", "longhorn-system", "--force", "--grace-period=0")
  }

  private static let emptyHash = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

  private static func enginePod(on node: Int) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata:
      name: instance-manager-\(node)
      namespace: longhorn-system
      labels: {longhorn.io/component: instance-manager}
    spec:
      nodeName: harvester-node-\(node)
      containers: [{name: instance-manager, image: longhornio/longhorn-instance-manager}]

    """
  }
}
