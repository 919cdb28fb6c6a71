import Foundation
import TestSupport
import Testing

/// The built program: exit codes, files and output.
@Suite struct `check, plan and verify as programs` {
  static let cluster = Repository.path("manifests/example/cluster.yaml")

  func run(_ arguments: String...) throws -> Program.Run { try Program.run(Repository.executable, arguments) }

  @Test func `plan exits with 0, or with 1 if the range is too small`() throws {
    let load = ["--nodes", "5", "--disks", "10", "--images", "10"]
    let good = try Program.run(Repository.executable, ["plan"] + load)
    #expect(good.exitCode == 0)
    #expect(good.output.contains("needs 50 addresses"))
    #expect(good.output.contains("a /26"))
    #expect(try Program.run(Repository.executable, ["plan"] + load + ["--range", "192.168.0.0/26"]).exitCode == 0)
    #expect(try Program.run(Repository.executable, ["plan"] + load + ["--range", "192.168.0.0/27"]).exitCode == 1)
    #expect(
      try Program.run(
        Repository.executable,
        ["plan"] + load + ["--range", "192.168.0.0/26", "--exclude", "192.168.0.0/28"]
      ).exitCode == 1)
  }

  @Test func `plan counts in a cluster, and options have precedence`() throws {
    #expect(try run("plan", "--cluster-snapshot", Self.cluster).output.contains("needs 24 addresses"))
    #expect(
      try run("plan", "--cluster-snapshot", Self.cluster, "--nodes", "4", "--disks", "6").output.contains(
        "28 addresses"))
  }

  @Test func `plan suggests free ranges of the cluster, and without a cluster reports that their use is unknown`()
    throws
  {
    let load = ["plan", "--nodes", "3", "--disks", "3", "--suggest"]
    let alone = try Program.run(Repository.executable, load)
    #expect(alone.output.contains("their use is not known"))
    #expect(!alone.output.contains("overlap nothing"))
    let asking = try Program.run(Repository.executable, load + ["--cluster-snapshot", Self.cluster])
    #expect(asking.output.contains("overlap nothing in use in this cluster"))
  }

  @Test func `plan writes a drawing to a file`() throws {
    let folder = try TemporaryFolder()
    let run = try run(
      "plan", "--nodes", "3", "--disks", "3", "--range", "192.168.0.0/26", "--svg", folder.path("range.svg"))
    #expect(run.exitCode == 0)
    #expect(try String(contentsOfFile: folder.path("range.svg"), encoding: .utf8).isWellFormed)
  }

  @Test func `verify exits with 0 if verified and with 1 if not`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Repository.text("Tests/Clusters/three-idle-nodes.yaml"), to: "nodes.yaml")
    for (state, code) in [("completed", 0), ("leaked", 0), ("stopping", 1), ("duplicate", 1)] as [(String, Int32)] {
      try folder.write(Repository.text("Tests/ReportClusters/\(state).yaml"), to: "state.yaml")
      let run = try run("verify", "--cluster-snapshot", folder.url.path)
      #expect(run.exitCode == code, "\(state)")
      #expect(run.output.contains("you can start your virtual machines") == (code == 0))
    }
  }

  @Test func `verify --watch polls the files until the change is verified`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Repository.text("Tests/Clusters/three-idle-nodes.yaml"), to: "nodes.yaml")
    try folder.write(Repository.text("Tests/ReportClusters/stopping.yaml"), to: "state.yaml")
    let program = try Program(Repository.executable, ["verify", "--watch", "--cluster-snapshot", folder.url.path])
    try program.output.waitForLine(with: "Harvester stops what uses volumes")
    try folder.write("a: [", to: "state.yaml")
    try program.output.waitForLine(with: "the last read failed")
    try folder.write(Repository.text("Tests/ReportClusters/completed.yaml"), to: "state.yaml")
    #expect(try program.exitCode() == 0)
    #expect(program.output.text.contains("verified: you can start your virtual machines"))
    #expect(!program.output.text.contains("\u{1B}"))
  }

  @Test func `verify --watch exits with 1 when stalled, and prints one JSON object per change`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Repository.text("Tests/Clusters/three-idle-nodes.yaml"), to: "nodes.yaml")
    try folder.write(Repository.text("Tests/ReportClusters/detaching.yaml"), to: "state.yaml")
    let run = try run("verify", "--watch", "--timeout", "1", "-o", "json", "--cluster-snapshot", folder.url.path)
    #expect(run.exitCode == 1)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines { #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) } }
  }

  @Test func `check --watch waits until the change would be allowed`() throws {
    let folder = try TemporaryFolder()
    let machine = "---\napiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nmetadata: {name: a, namespace: b}\n"
    try folder.write(Repository.text("manifests/example/cluster.yaml") + machine, to: "cluster.yaml")
    let program = try Program(
      Repository.executable,
      [
        "check", "--watch", "--cluster-snapshot", folder.path("cluster.yaml"), "--value",
        #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#,
      ])
    try program.output.waitForLine(with: "denied")
    try folder.write("a: [", to: "cluster.yaml")
    try program.output.waitForLine(with: "the last read failed")
    try folder.write(Repository.text("manifests/example/cluster.yaml"), to: "cluster.yaml")
    #expect(try program.exitCode() == 0)
    #expect(program.output.text.contains("allowed"))
  }

  /// Command lines with an error, and words of the message.
  static let table: [(arguments: [String], words: String)] = [
    (["plan"], "there is no cluster to ask"),
    (["plan"], "there is no /nowhere/.kube/config"),
    (["plan", "--nodes", "3"], "--nodes and --disks are required together"),
    (["plan", "--nodes", "0", "--disks", "3"], "--nodes must be at least 1"),
    (["plan", "--nodes", "3", "--disks", "-1"], "--disks"),
    (["plan", "--nodes", "99999999999", "--disks", "1"], "must be at most 16777216"),
    (
      ["plan", "--nodes", "3", "--disks", "3", "--range", "192.168.0.5/24"],
      "must not have host bits; write 192.168.0.0/24"
    ),
    (["plan", "--nodes", "3", "--disks", "3", "--range", "fd00::/64"], "must be an IPv4 network"),
    (["plan", "--nodes", "3", "--disks", "3", "--reserved-range", "10.60.0.0"], "must end with a prefix length"),
    (["plan", "--nodes", "3", "--disks", "3", "--range", "10.0.0.0/8"], "must not be wider than a /16"),
    (["plan", "--nodes", "3", "--disks", "3", "--svg", "x.svg"], "--range is required"),
    (
      ["plan", "--nodes", "3", "--disks", "3", "--range", "10.0.0.0/24", "--exclude", "10.0.1.0/24"], "must lie inside"
    ),
    (
      ["plan", "--nodes", "3", "--disks", "3", "--range", "10.0.0.0/24", "--svg", "/nowhere/x.svg"],
      "/nowhere/x.svg: No such file or directory"
    ),
    (
      ["plan", "--nodes", "3", "--disks", "3", "--range", "10.0.0.0/24", "--exclude", "10.0.0.5"],
      "\"10.0.0.5\" must end with a prefix length; write 10.0.0.5/32 for that one address"
    ),
    (["plan", "--cluster-snapshot", "/dev/null"], "/dev/null: there is no Node in it; was kubectl able to reach"),
    (["check", "--value", "", "--cluster-snapshot", "/dev/null"], "/dev/null: there is no Node in it"),
    (["verify", "--cluster-snapshot", "/dev/null"], "/dev/null: there is no Node in it"),
    (["verify", "--cluster-snapshot", "/nowhere"], "/nowhere: No such file or directory"),
    (["verify", "--cluster-snapshot", ""], "an empty path names no file"),
    (["verify", "--cluster-snapshot", cluster, "--timeout", "0"], "must be at least 1"),
    (["verify", "--kubeconfig", "/nowhere"], "/nowhere: No such file or directory"),
    (["check", "-f", "-", "--cluster-snapshot", cluster], "standard input: must contain the Setting"),
    (["check", "--watch", "-f", "-", "--cluster-snapshot", cluster], "read only once"),
  ]

  @Test(arguments: table) func `commands exit with 2 on an error`(_ row: (arguments: [String], words: String)) throws {
    // No cluster of the environment must be found.
    let run = try Program.run(
      "env", ["-u", "KUBECONFIG", "HOME=/nowhere", Repository.executable] + row.arguments)
    #expect(run.exitCode == 2)
    #expect(run.output == "")
    #expect(run.errors.contains(row.words), "\(run.errors)")
  }

  /// The command line is valid, so its usage is not printed.
  @Test(arguments: [
    ["check", "-f", "/dev/null", "--cluster-snapshot", cluster], ["verify", "--cluster-snapshot", "/dev/null"],
    ["check", "-f", Repository.path("README.md"), "--cluster-snapshot", cluster],
  ]) func `an input error is reported without the usage`(_ arguments: [String]) throws {
    let run = try Program.run(Repository.executable, arguments)
    #expect(run.exitCode == 2)
    #expect(run.errors.hasPrefix("Error: "))
    #expect(!run.errors.contains("Usage"), "\(run.errors)")
  }

  @Test func `without options the cluster of kubectl is used`() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path(".kube"), withIntermediateDirectories: true)
    try home.write("clusters: []\n", to: ".kube/config")
    let run = try Program.run("env", ["-u", "KUBECONFIG", "HOME=\(home.url.path)", Repository.executable, "verify"])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains(".kube/config"))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `completion scripts have every command`(_ shell: String) throws {
    let run = try run("--generate-completion-script", shell)
    #expect(run.exitCode == 0)
    for command in ["serve", "plan", "check", "verify", "certificates"] { #expect(run.output.contains(command)) }
  }
}
