import Foundation
import TestSupport
import Testing

// `verify --reclaim` and `--connectivity` as a process.
extension `apply as a process` {
  private func verify(_ arguments: String...) throws -> Program {
    try Program(
      Repository.executable, ["verify"] + arguments + ["--kubeconfig", certificates.folder.path("kubeconfig")])
  }

  private func leak() -> ScriptedCluster {
    let cluster = ScriptedCluster.withLeak()
    cluster.reserve("192.168.0.30", for: "longhorn-system/instance-manager-gone")
    return cluster
  }

  @Test func `--reclaim without a terminal prints commands for the same cluster, --yes removes`() throws {
    let cluster = leak()
    let server = try serve(cluster)
    defer { server.stop() }
    let before = cluster.writes
    let listing = try verify("--reclaim")
    #expect(try listing.exitCode() == 1, "\(listing.errors.text)")
    let text = listing.output.text
    #expect(text.hasSuffix("\nnothing was removed\n"))
    let kubectl = "kubectl --kubeconfig \(certificates.folder.path("kubeconfig")) "
    for command in [
      "get pods instance-manager-gone --ignore-not-found", "patch ippools.whereabouts.cni.cncf.io 192.168.0.0-24",
      "delete --raw /apis/whereabouts.cni.cncf.io/v1alpha1/namespaces/kube-system/overlappingrangeipreservations/192.168.0.30",
    ] { #expect(text.contains(command), "\(command)") }
    #expect(text.ranges(of: "kubectl").count == text.ranges(of: kubectl).count)
    #expect(cluster.writes == before)

    let removal = try verify("--reclaim", "--yes")
    #expect(try removal.exitCode() == 0, "\(removal.output.text) \(removal.errors.text)")
    #expect(removal.output.text.hasSuffix("\ndone: 2 removed\n"))
    #expect(cluster.allocations() == [1, 2, 3])

    let clean = try verify("--reclaim", "-o", "json")
    #expect(try clean.exitCode() == 0)
    #expect(clean.output.lines.last == #"{"event":"ended","outcome":"clean"}"#)
  }

  @Test func `--reclaim --yes ends with 1 where something is left alone, and with 2 without an answer`() throws {
    let cluster = leak()
    cluster.interception = { method, path in
      method == "PATCH" ? (403, #"{"kind":"Status","message":"ippools is forbidden"}"#) : nil
    }
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try verify("--reclaim", "--yes", "-o", "json")
    #expect(try program.exitCode() == 1)
    #expect(program.output.lines.contains { $0.contains(#""event":"kept""#) && $0.contains("ippools is forbidden") })
    #expect(program.output.lines.last == #"{"event":"ended","outcome":"removed","removed":1,"kept":1,"doubtful":0}"#)
    cluster.interception = { method, _ in method == "PATCH" ? (503, #"{"message":"overloaded"}"#) : nil }
    let unavailable = try verify("--reclaim", "--yes")
    #expect(try unavailable.exitCode() == 2)
    #expect(
      unavailable.output.text.hasSuffix("unavailable: overloaded\n  → run it again; what was removed stays removed\n"))
  }

  /// What is typed, the exit code, and whether something is removed.
  static let consents: [(typed: String, exitCode: Int32, removes: Bool)] = [("y\n", 0, true), ("n\n", 1, false)]

  @Test(.enabled(if: isTestable), arguments: consents)
  func `--reclaim asks once at a terminal`(_ row: (typed: String, exitCode: Int32, removes: Bool)) throws {
    let cluster = leak()
    let server = try serve(cluster)
    defer { server.stop() }
    let command =
      "exec '\(Repository.executable)' verify --reclaim --kubeconfig '\(certificates.folder.path("kubeconfig"))'"
    let program = try Program("script", ["--quiet", "--return", "--command", command, "/dev/null"])
    try program.output.wait(forText: "Remove it? [y/N] ")
    program.send(row.typed)
    #expect(try program.exitCode() == row.exitCode, "\(program.output.text.suffix(1000))")
    #expect((cluster.allocations() == [1, 2, 3]) == row.removes)
  }

  @Test func `--connectivity prints commands for the same cluster`() throws {
    let server = try serve(ScriptedCluster.withStorageNetwork())
    defer { server.stop() }
    let program = try verify("--connectivity")
    #expect(try program.exitCode() == 0, "\(program.errors.text)")
    #expect(program.output.lines.count { $0.hasPrefix("kubectl --kubeconfig ") } == 6)
  }

  @Test func `--connectivity tells of uplinks whose MTU differs from the definition's`() throws {
    let cluster = ScriptedCluster.withStorageNetwork()
    cluster.edit(ScriptedCluster.vlanConfigPath) { config in
      config["spec"] =
        ["clusterNetwork": "storage", "uplink": ["linkAttributes": ["mtu": 9000]]] as ScriptedCluster.Object
    }
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try verify("--connectivity", "-o", "json")
    #expect(try program.exitCode() == 0, "\(program.errors.text)")
    #expect(program.output.text.contains(#""uplinkMTU":9000"#), "\(program.output.text)")
  }

  /// A value of the setting without a network, and the explanation.
  static let valuesWithoutNetwork: [(value: String, explanation: String)] = [
    (
      "",
      "there is no storage network to test: the value of settings.harvesterhci.io storage-network is empty; set one first, for example with apply"
    ),
    ("{", "the value of settings.harvesterhci.io storage-network is not a network; correct it first"),
  ]

  @Test(arguments: valuesWithoutNetwork)
  func `--connectivity without a network says why`(_ row: (value: String, explanation: String)) throws {
    let cluster = ScriptedCluster(machines: [:])
    cluster.setValue(row.value, by: "test")
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try verify("--connectivity")
    #expect(try program.exitCode() == 2)
    #expect(program.errors.text.hasSuffix("\(row.explanation)\n"), "\(program.errors.text)")
  }

  /// Arguments that do not fit together, and words of the explanation.
  static let verifyTable: [(arguments: [String], words: String)] = [
    (["--watch", "--reclaim"], "only one of"), (["--reclaim", "--connectivity"], "only one of"),
    (["--yes"], "--yes requires --reclaim"), (["--verbose"], "--verbose requires --connectivity"),
    (["--reclaim", "--yes", "--cluster-snapshot", "x"], "files cannot be changed"),
  ]

  @Test(arguments: verifyTable)
  func `a wrong command line of verify is explained`(_ row: (arguments: [String], words: String)) throws {
    let run = try Program.run(Repository.executable, ["verify"] + row.arguments)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains(row.words), "\(run.errors)")
  }
}
