import ChangeExecution
import Foundation
import Reports
import TerminalPictures
import TestSupport
import Testing

/// What a whole run prints.
@Suite struct `The output of apply` {
  private static func wholeRun() -> Run {
    let run = Run(
      ScriptedCluster(machines: [
        "default/web-1": "RerunOnFailure", "default/web-2": "RerunOnFailure", "team-a/db": "Always",
      ]))
    run.options.startParallel = 2
    run.execute()
    return run
  }

  private static func text(_ run: Run, _ terminal: Terminal, height: Int?) -> String {
    var screen = ChangeScreen(terminal, height: height)
    return run.log.map { screen.render($0.event, after: $0.elapsed) }.joined()
  }

  @Test func `a pipe gets every state once, without colours`() throws {
    let text = Self.text(Self.wholeRun(), .plain, height: nil)
    #expect(!text.contains("\u{1B}"))
    #expect(try GoldenFile.matches(text, "Tests/GoldenFiles/apply.txt"))
  }

  @Test func `a terminal shows the last state of each step, wrapped at its width`() throws {
    let text = Self.text(Self.wholeRun(), Terminal(width: 80), height: 50)
    #expect(text.contains("\u{1B}["))
    var screen = TerminalEmulation()
    screen.write(text)
    #expect(try GoldenFile.matches(screen.lines.joined(separator: "\n") + "\n", "Tests/GoldenFiles/apply-terminal.txt"))
    let longest = screen.lines.filter { $0.split(separator: " ").count > 1 }.map(\.count).max() ?? 0
    #expect(longest <= 80)
  }

  @Test func `a terminal shows each phase as soon as it is entered, and keeps the last state of the one before`() {
    let log = Self.wholeRun().log
    var screen = ChangeScreen(Terminal(width: 100), height: 50)
    var shown = TerminalEmulation()
    var headings: [String] = []
    for (event, elapsed) in log {
      shown.write(screen.render(event, after: elapsed))
      if case .entered(let record) = event { headings.append("\(record.phase): \(shown.lines.last ?? "")") }
    }
    #expect(
      headings == [
        "prepared: ✓ the change is recorded in the ConfigMap harvester-system/storage-network-change",
        "stopping: Stopping virtual machines",
        "stopped: ✓ every virtual machine is stopped, every volume is detached",
        "written: Waiting for Harvester and Longhorn", "verified: verified: the value has arrived everywhere",
        "starting: Starting virtual machines",
      ])
    #expect(shown.lines.contains("  ✓ Harvester has applied the change"))
    #expect(!shown.lines.contains { $0.contains("you can start") })
  }

  @Test func `JSON has one line for each event`() throws {
    let run = Self.wholeRun()
    var log = ChangeEventLog()
    let text = run.log.map { log.render($0.event, after: $0.elapsed) }.joined()
    for line in text.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["event"] is String && object?["elapsedSeconds"] is Int)
    }
    #expect(try GoldenFile.matches(text, "Tests/GoldenFiles/apply.json"))
  }

  @Test func `refusals and their advice are bullets`() throws {
    let cluster = ScriptedCluster()
    cluster.stubborn = ["team-a/db"]
    let stuck = Run(cluster)
    stuck.execute()
    let denied = Run(ScriptedCluster())
    denied.options.stopsMachines = false
    denied.execute(.apply(Array(#"{"vlan":5000,"clusterNetwork":"x","range":"10.52.0.0/24"}"#.utf8)))
    let ends = [stuck, denied].compactMap(\.log.last).map { end in
      var screen = ChangeScreen(.plain, height: nil)
      return screen.render(end.event, after: end.elapsed)
    }
    #expect(try GoldenFile.matches(ends.joined(separator: "\n"), "Tests/GoldenFiles/apply-stopped.txt"))
  }

  @Test func `the picture of README`() throws {
    let log = Self.wholeRun().log
    var picture = StyledText()
    func add(_ event: ChangeEvent, _ elapsed: Duration?) {
      guard let text = event.styledText(within: 100, elapsed) else { return }
      picture.add(text)
      picture.addBlank()
    }
    for (index, entry) in log.enumerated() {
      let next = index + 1 < log.count ? log[index + 1].event : nil
      switch (entry.event, next) {
      // Of a step that is overwritten only the last state stays.
      case (.stopping, .stopping?), (.verifying, .verifying?), (.starting, .starting?), (.starting, .requested?),
        (.stopping, .requested?), (.checked, _):
        continue
      default: add(entry.event, entry.elapsed)
      }
      if case .previewed = entry.event {
        picture.add(TextRun("Go on? [y/N] "), TextRun("y", .bold))
        picture.addBlank()
      }
    }
    let command = "kubectl storage-network apply -f setting.yaml --stop-vms --start-vms"
    #expect(try GoldenFile.matches(TerminalPicture(command, picture).svg, "docs/pictures/apply.svg"))
  }
}

/// The lines of a terminal after what was written to it, as far as the program moves the cursor.
struct TerminalEmulation {
  private(set) var lines: [String] = []

  mutating func write(_ text: String) {
    for piece in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = String(piece)
      // Up so many lines, and clear from there (ECMA-48 CUU, ED).
      while let match = line.firstMatch(of: /\u{1B}\[(\d+)A\u{1B}\[J/) {
        lines.removeLast(min(lines.count, Int(match.1) ?? 0))
        line.replaceSubrange(match.range, with: "")
      }
      lines.append(line)
    }
    if lines.last == "" { lines.removeLast() }
  }
}
