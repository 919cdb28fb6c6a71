/// The command line as a manual page (man(7)).
struct ManualPage {
  let tree: CommandTree

  init(_ tree: CommandTree) {
    self.tree = tree
  }

  var roff: String {
    var lines = [
      ".\\\" Made by a test from what the program says of itself.",
      ".TH STORAGE\\-NETWORK\\-WEBHOOK 1", ".SH NAME",
      "storage\\-network\\-webhook \\- \((tree.command.abstract ?? "").roff)", ".SH SYNOPSIS",
    ]
    for command in tree.commands { lines += synopsis(command) }
    lines += [".SH DESCRIPTION"] + paragraphs(tree.command)
    lines += [
      ".PP",
      "Installed as \\fBkubectl\\-storage_network\\fR it is a plugin of kubectl: \\fBkubectl storage\\-network\\fR.",
    ]
    for command in tree.commands { lines += section(command) }
    lines += [
      ".SH EXIT STATUS", ".TP", "0", "Yes.", ".TP", "1", "No.", ".TP", "2",
      "It cannot be told: wrong usage, unreadable input, no cluster.", ".SH ENVIRONMENT", ".TP", "\\fBKUBECONFIG\\fR",
      "The kubeconfigs to use without \\-\\-kubeconfig.", ".TP", "\\fBNO_COLOR\\fR",
      "If not empty, nothing is coloured.",
      ".SH SEE ALSO", ".BR kubectl (1)",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func synopsis(_ command: CommandTree.Command) -> [String] {
    [".B storage\\-network\\-webhook \(command.commandName)", "[\\fIoptions\\fR]", ".br"]
  }

  private func section(_ command: CommandTree.Command) -> [String] {
    [".SH \(command.commandName.uppercased())", (command.abstract ?? "").roff] + paragraphs(command)
      + command.options.flatMap { [".TP", "\\fB\($0.spelling.roff)\\fR", $0.explanation.roff] }
  }

  private func paragraphs(_ command: CommandTree.Command) -> [String] {
    command.paragraphs.flatMap { paragraph in
      paragraph.isCode ? [".PP", ".EX", paragraph.text.roff, ".EE"] : [".PP", paragraph.text.roff]
    }
  }
}

extension String {
  /// Hyphens to copy stay ASCII; a line must not begin with a control character.
  fileprivate var roff: String {
    replacing("\\", with: "\\e").replacing("-", with: "\\-").split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&\($0)" : String($0) }.joined(separator: "\n")
  }
}
