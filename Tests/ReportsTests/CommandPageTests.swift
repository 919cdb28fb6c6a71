import Foundation
import Testing

/// `docs/cli.md` and the manual page are generated from the command line's own description.
@Suite struct `Command line documentation` {
  @Test func `docs/cli.md matches the help`() throws {
    try Golden.expect(CommandPage(CommandTree()).markdown, in: "docs/cli.md")
  }

  @Test func `the manual page matches the help`() throws {
    try Golden.expect(ManualPage(CommandTree()).roff, in: "docs/storage-network-webhook.1")
  }

  @Test func `every command has an abstract, an example and help for each option`() throws {
    for command in try CommandTree().commands {
      #expect(command.abstract?.hasSuffix(".") == true, "\(command.commandName)")
      #expect(command.paragraphs.contains { $0.isCode && $0.text.contains(" \(command.commandName) ") })
      for option in command.options { #expect(option.abstract?.hasSuffix(".") == true, "\(option.spelling)") }
    }
  }

  @Test func `the documented members equal those of the JSON`() throws {
    let styledText = try CommandPage(CommandTree()).markdown
    for name in ["plan", "check", "apply", "verify", "reclaim", "connectivity"] {
      let data = try Data(contentsOf: Golden.repository.appending(path: "Tests/GoldenFiles/\(name).json"))
      for line in data.split(separator: UInt8(ascii: "\n")) {
        for key in Set(try keys(of: JSONSerialization.jsonObject(with: line))) where !Self.foreignKeys.contains(key) {
          #expect(styledText.contains("`\(key)`"), "\(name): \(key)")
        }
      }
    }
  }

  /// The keys of Kubernetes objects.
  private static let foreignKeys: Set = [
    "annotations", "apiVersion", "config", "generateName", "metadata", "spec",
    "storage-network.settings.harvesterhci.io",
  ]

  private func keys(of value: Any) -> [String] {
    switch value {
    case let object as [String: Any]: Array(object.keys) + object.values.flatMap(keys)
    case let array as [Any]: array.flatMap(keys)
    default: []
    }
  }
}

/// The command line documentation.
struct CommandPage {
  let tree: CommandTree

  init(_ tree: CommandTree) {
    self.tree = tree
  }

  var markdown: String {
    var lines = [
      "# The command line", "",
      "A test generates this page from `--help` and fails if it is outdated.", "",
    ]
    lines += tree.command.paragraphs.flatMap { [$0.text, ""] }
    lines += [
      "Installed as `kubectl-storage_network` it is a plugin of kubectl: `kubectl storage-network verify`.", "",
      "| command | |", "| --- | --- |",
    ]
    lines += tree.commands.map {
      "| [\($0.commandName)](#\($0.commandName.replacing(" ", with: "-"))) | \($0.abstract ?? "") |"
    }
    lines += [
      "", "Exit codes of all commands: 0 yes, 1 no, 2 unknown (wrong usage, unreadable input, no cluster).",
      "Colours and broken lines are for terminals: a pipe gets neither, and `NO_COLOR` is honoured.", "",
    ]
    for command in tree.commands { lines += section(command) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ command: CommandTree.Command) -> [String] {
    var lines = ["## \(command.commandName)", "", command.abstract ?? "", ""]
    for paragraph in command.paragraphs {
      lines += paragraph.isCode ? ["```sh", paragraph.text, "```", ""] : [paragraph.text, ""]
    }
    lines += ["| option | |", "| --- | --- |"]
    lines += command.options.map { "| `\($0.spelling.cell)` | \($0.explanation.cell) |" } + [""]
    if let picture = Self.pictures[command.commandName] { lines += picture + [""] }
    for schema in JSONSchemas.all[command.commandName] ?? [] { lines += schema.markdown }
    return lines
  }

  private static let pictures = [
    "plan": ["![plan](pictures/plan.svg)", "", "`--svg` draws the same range:", "", "![a range](pictures/range.svg)"],
    "check": ["![check](pictures/check.svg)"],
    "apply": [
      "![a whole change](pictures/apply.svg)", "",
      "The kubeconfig's user needs [these rights](operate.md#the-rights-that-apply-needs).",
    ],
    "verify": [
      "![all is well](pictures/verify-completed.svg)", "", "![pods were left behind](pictures/verify-left-behind.svg)",
      "", "![the range is exhausted](pictures/verify-exhausted.svg)", "",
      "![following a change](pictures/verify-watch.svg)",
    ],
  ]
}

extension String {
  /// A cell of a Markdown table.
  fileprivate var cell: String { replacing("|", with: "\\|").replacing("<", with: "<") }
}
