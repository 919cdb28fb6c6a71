import Foundation
import TestSupport

/// The command tree from the program (`--experimental-dump-help`).
struct CommandTree: Decodable {
  struct Command: Decodable {
    /// With the names of parent commands, without the program's.
    var commandName: String
    let abstract: String?
    let discussion: String?
    let subcommands: [Command]?
    let arguments: [Argument]?
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let kind: String
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let abstract: String?
    let shouldDisplay: Bool
  }

  let command: Command

  init() throws {
    let run = try Program.run(Repository.executable, ["--experimental-dump-help"])
    self = try JSONDecoder().decode(CommandTree.self, from: Data(run.output.utf8))
  }

  /// All commands except `help`, which every program has.
  var commands: [Command] { (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap(\.leaves) }
}

extension CommandTree.Argument {
  /// For example `-o, --output <text|json>`.
  var spelling: String {
    let names = (names ?? []).sorted { $0.kind == "short" && $1.kind != "short" }.map { name in
      (name.kind == "long" ? "--" : "-") + name.name
    }
    return names.joined(separator: ", ") + (kind == "option" ? " <\(valueName ?? "value")>" : "")
  }

  var isStandard: Bool { ["help", "version"].contains(names?.last?.name ?? "") }

  var explanation: String {
    let value = defaultValue.map { $0.isEmpty ? "" : " (default: \($0))" } ?? ""
    return (abstract ?? "") + value
  }
}

extension CommandTree.Command {
  fileprivate var leaves: [CommandTree.Command] {
    guard let subcommands, !subcommands.isEmpty else { return [self] }
    return subcommands.flatMap(\.leaves).map { leaf in
      var leaf = leaf
      leaf.commandName = "\(commandName) \(leaf.commandName)"
      return leaf
    }
  }

  var options: [CommandTree.Argument] { (arguments ?? []).filter { $0.shouldDisplay && !$0.isStandard } }

  /// The discussion's paragraphs; indented text is for a shell.
  var paragraphs: [(text: String, isCode: Bool)] {
    var paragraphs: [(text: String, isCode: Bool)] = []
    for line in (discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      let isCode = line.hasPrefix("  ")
      let text = String(isCode ? line.dropFirst(2) : line)
      if line.isEmpty || paragraphs.isEmpty || paragraphs[paragraphs.count - 1].isCode != isCode {
        paragraphs.append((text, isCode))
      } else {
        let last = paragraphs.count - 1
        paragraphs[last].text += (isCode ? "\n" : paragraphs[last].text.isEmpty ? "" : " ") + text
      }
    }
    return paragraphs.filter { !$0.text.isEmpty }
  }
}
