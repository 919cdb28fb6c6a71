import Foundation
import TestSupport
import Testing

// The question, at a terminal: script(1) makes a pseudoterminal of what is typed into it.
extension `apply as a process` {
  static let isTestable = Program.isInstalled("script")

  private func startAtTerminal(_ options: String) throws -> Program {
    let command = """
      exec '\(Repository.executable)' apply --value '\(ScriptedCluster.value)' --stop-vms --start-vms \
      --kubeconfig '\(certificates.folder.path("kubeconfig"))' \(options)
      """
    return try Program("script", ["--quiet", "--return", "--command", command, "/dev/null"])
  }

  /// What is typed, the exit code, and what is shown after the question.
  static let answers: [(typed: String, exitCode: Int32, shown: String)] = [
    ("y\n", 0, "y\n\n✓ the change is recorded"), ("Yes \n", 0, "Yes \n\n✓ the change is recorded"),
    ("n\n", 1, "n\n\nnothing was changed\n"), ("\n", 1, "\n\nnothing was changed\n"),
    ("yesterday\n", 1, "yesterday\n\nnothing was changed\n"),
    // Ctrl-D ends the input, Ctrl-C interrupts.
    ("\u{4}", 1, "\n\nnothing was changed\n"), ("\u{3}", 2, "^C\ninterrupted; nothing was changed\n"),
  ]

  @Test(.enabled(if: isTestable), arguments: answers.indices)
  func `the question at a terminal is answered by a line, Ctrl-D or Ctrl-C`(_ index: Int) throws {
    let (typed, exitCode, shown) = Self.answers[index]
    let cluster = ScriptedCluster()
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try startAtTerminal("")
    try program.output.wait(forText: "Go on? [y/N] ")
    program.send(typed)
    #expect(try program.exitCode() == exitCode, "\(typed.debugDescription): \(program.output.text.suffix(1000))")
    let text = program.output.text.replacing("\r\n", with: "\n")
    let answer = text.components(separatedBy: "Go on? [y/N] ")
    #expect(answer.count == 2, "it is asked once")
    #expect(answer.last?.hasPrefix(shown) == true, "\(answer.last.debugDescription)")
    #expect(cluster.writes.isEmpty == (exitCode != 0))
  }

  @Test(.enabled(if: isTestable)) func `a terminal that hangs up at the question ends it, and nothing was changed`()
    throws
  {
    let cluster = ScriptedCluster()
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try startAtTerminal("")
    try program.output.wait(forText: "Go on? [y/N] ")
    program.endInput()
    #expect(try program.exitCode() == 1)
    #expect(program.output.text.contains("nothing was changed"))
    #expect(cluster.writes.isEmpty)
  }

  @Test(.enabled(if: isTestable)) func `Ctrl-C during a change at a terminal tells the way on`() throws {
    let cluster = ScriptedCluster()
    cluster.stubborn = ["team-a/db"]
    let server = try serve(cluster)
    defer { server.stop() }
    let program = try startAtTerminal("--yes")
    try program.output.wait(forText: "still on: team-a/db (Stopping)")
    program.send("\u{3}")
    #expect(try program.exitCode() == 2)
    #expect(program.output.text.contains("interrupted; the change is recorded"))
    #expect(cluster.hasRecord)
  }
}
