import Foundation
import TestSupport
import Testing

/// The program itself, beside an API server of the tests.
@Suite(.serialized) struct `apply as a process` {
  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  /// Serves the cluster; each request lets every controller do a step.
  ///
  /// - Parameter freeze: The write whose response never comes.
  func serve(_ cluster: ScriptedCluster, freezing freeze: Int = .max) throws -> StubAPIServer {
    let server = try StubAPIServer(certificates) { request in
      cluster.tick()
      let (status, body) = cluster.answer(request.method, request.path, request.body)
      let isWrite = request.method != "GET" && !request.path.hasSuffix("reviews")
      if isWrite, cluster.writes.count == freeze { return .silence }
      return .whole(status, body)
    }
    try server.writeKubeconfig(with: certificates)
    return server
  }

  private func start(_ arguments: String...) throws -> Program {
    try Program(
      Repository.executable, ["apply"] + arguments + ["--kubeconfig", certificates.folder.path("kubeconfig")])
  }

  @Test func `runs to the end with one line for each event`() throws {
    let cluster = ScriptedCluster()
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try start(
      "--value", ScriptedCluster.value, "--stop-vms", "--start-vms", "--yes", "-o", "json")
    #expect(try program.exitCode() == 0, "\(program.output.text.suffix(2000)) \(program.errors.text)")
    let lines = program.output.lines
    #expect(lines.last?.contains(#""outcome":"done""#) == true)
    for line in lines { #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) } }
    `An interrupted change`.expectDone(cluster)
    // Everything is listed once for the rules and once for verify, and then watched.
    let lists = server.requests.filter { $0.path.contains("limit=") && $0.name.hasSuffix("/pods") }
    #expect(lists.count <= 3)
  }

  /// The record, a stop, the value, the phases after it, a start.
  @Test(arguments: [1, 3, 6, 8, 10]) func `killed by SIGKILL, another process goes on`(_ write: Int) throws {
    let cluster = ScriptedCluster()
    let first = try serve(cluster, freezing: write)
    let killed = try start("--value", ScriptedCluster.value, "--stop-vms", "--start-vms", "--yes")
    #expect(eventually { cluster.writes.count >= write })
    killed.signal(SIGKILL)
    #expect(try killed.exitCode() == -SIGKILL)
    first.stop()
    #expect(cluster.hasRecord)
    let second = try serve(cluster)
    defer { second.stop() }
    let program = try start("--resume", "--start-vms", "--yes")
    #expect(try program.exitCode() == 0, "\(program.output.text.suffix(2000)) \(program.errors.text)")
    #expect(program.output.text.contains("done: the change has arrived everywhere"))
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `Ctrl-C ends it with the way on`() throws {
    let cluster = ScriptedCluster()
    cluster.stubborn = ["team-a/db"]
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try start("--value", ScriptedCluster.value, "--stop-vms", "--start-vms", "--yes")
    try program.output.waitForLine(with: "still on: team-a/db (Stopping)")
    program.signal(SIGINT)
    #expect(try program.exitCode() == 2)
    let resume = "storage-network-webhook apply --kubeconfig \(certificates.folder.path("kubeconfig")) --resume"
    #expect(program.errors.text.contains("interrupted; the change is recorded\n  → go on: \(resume)\n"))
    #expect(cluster.hasRecord)
  }

  @Test func `without a terminal and --yes it asks for --yes`() throws {
    let cluster = ScriptedCluster()
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try start("--disable")
    #expect(try program.exitCode() == 2)
    #expect(program.errors.text.contains("add --yes"))
    #expect(server.requests.isEmpty)
  }

  @Test func `a dry run shows the checklist and what will happen, of a cluster and of files`() throws {
    let cluster = ScriptedCluster()
    let server = try serve(cluster)
    defer { server.stop() }
    let live = try start("--value", ScriptedCluster.value, "--stop-vms", "--dry-run")
    #expect(try live.exitCode() == 0, "\(live.errors.text)")
    for words in ["What will happen", "storagenetwork-…", "2 virtual machines must be stopped", "dry run"] {
      #expect(live.output.text.contains(words), "\(words)")
    }
    #expect(cluster.writes.isEmpty)
    let files = try Program.run(
      Repository.executable,
      [
        "apply", "--dry-run", "--value", ScriptedCluster.value, "--cluster-snapshot",
        Repository.path("manifests/example/cluster.yaml"),
      ])
    #expect(files.exitCode == 0, "\(files.errors)")
    #expect(files.output.contains(#"{"cniVersion":"0.3.1","type":"bridge","bridge":"storage-br""#))
  }

  @Test(arguments: [[], ["--dry-run"], ["--yes"]])
  func `a file that cannot be read is an error before the cluster is asked`(_ arguments: [String]) throws {
    let cluster = ScriptedCluster()
    let server = try serve(cluster)
    defer { server.stop() }
    let file = certificates.folder.path("missing.yaml")
    let program = try Program(
      Repository.executable,
      ["apply", "-f", file, "--kubeconfig", certificates.folder.path("kubeconfig")] + arguments)
    #expect(try program.exitCode() == 2)
    #expect(program.errors.text.contains(file), "\(program.errors.text)")
    #expect(program.output.text.isEmpty)
    #expect(server.requests.isEmpty)
  }

  @Test func `a dry run of a wrong value is denied`() throws {
    let run = try Program.run(
      Repository.executable,
      [
        "apply", "--dry-run", "--value", #"{"vlan":5000}"#, "--cluster-snapshot",
        Repository.path("manifests/example/cluster.yaml"),
      ])
    #expect(run.exitCode == 1)
    #expect(run.output.contains("must be between 1 and 4094"))
    #expect(run.output.contains("dry run: nothing was changed"))
  }

  /// Arguments that do not fit together, and words of the explanation.
  static let table: [(arguments: [String], words: String)] = [
    ([], "one of -f FILE, --value JSON, --disable, --resume and --revert is required"),
    (["--disable", "--resume"], "one of -f FILE"), (["--resume", "--dry-run"], "must not be combined"),
    (["--disable", "--cluster-snapshot", "x"], "requires --dry-run"),
    (["--disable", "--force-stop"], "--force-stop requires"), (["--disable", "--timeout", "0"], "at least 1"),
    (["--disable", "--start-parallel", "0"], "at least 1"),
  ]

  @Test(arguments: table) func `a wrong command line is explained`(_ row: (arguments: [String], words: String)) throws {
    let run = try Program.run(Repository.executable, ["apply"] + row.arguments)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains(row.words), "\(run.errors)")
  }
}
