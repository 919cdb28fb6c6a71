import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct `kubectl plugin` {
  /// The program under the plugin's name, as `make install` links it.
  static func run(as name: String, _ arguments: [String]) throws -> Program.Run {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: Repository.executable)
    return try Program.run(folder.path(name), arguments)
  }

  @Test func `the help has the command as typed`() throws {
    let run = try Self.run(as: "kubectl-storage_network", ["verify", "--help"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("USAGE: kubectl storage-network verify"))
    #expect(
      try Program.run(Repository.executable, ["verify", "--help"]).output.contains("USAGE: storage-network-webhook"))
  }

  @Test func `the plugin behaves as the program`() throws {
    let run = try Self.run(as: "kubectl-storage_network", ["plan", "--nodes", "5", "--disks", "10", "--images", "10"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("needs 50 addresses"))
  }

  /// The typed words, and the output for kubectl, whose last line is the directive.
  static let table: [(typed: [String], words: [String])] = [
    ([""], ["serve", "plan", "check", "apply", "verify", "register", ":4"]),
    (["ver"], ["verify", ":4"]),
    (["nonsense", ""], [":4"]),
    (["register", "--certificates", ""], ["self", "external", ":4"]),
    (["register", "--onc"], ["--once", ":4"]),
    (["verify", "--t"], ["--timeout", ":4"]),
    (["verify", "--timeout", ""], [":0"]),
    (["verify", "-o", ""], ["text", "json", ":4"]),
    (["verify", "--output", "j"], ["json", ":4"]),
    (["check", "-f", ""], [":0"]),
    (["plan", "--suggest", "--im"], ["--images", ":4"]),
    ([], ["serve", "plan", "check", "apply", "verify", "register", ":4"]),
  ]

  @Test(arguments: table) func `completions match the typed words`(_ row: (typed: [String], words: [String])) throws {
    let run = try Self.run(as: "kubectl_complete-storage_network", row.typed)
    #expect(run.exitCode == 0)
    let words = run.output.split(separator: "\n").map { $0.split(separator: "\t").first.map(String.init) ?? "" }
    #expect(words == row.words)
  }

  @Test func `completions have descriptions`() throws {
    let run = try Self.run(as: "kubectl_complete-storage_network", ["che"])
    #expect(run.output == "check\tCheck a change of the setting without making it.\n:4\n")
  }
}
