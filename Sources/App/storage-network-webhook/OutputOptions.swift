internal import ArgumentParser
internal import Reports
internal import Platform

/// The format in which a command prints its report.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Output format.", valueName: "text|json"))
  var output = ReportFormat.text

  func show(_ answer: some Report) throws {
    try StandardOutput.write(text(of: answer))
  }

  func text(of answer: some Report) -> String {
    switch output {
    case .text: answer.text(for: .standardOutput)
    case .json: answer.json
    }
  }
}

enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

extension Terminal {
  /// Standard output. Files and pipes get neither colours nor wrapped lines.
  static var standardOutput: Terminal {
    guard TerminalDevice.isPresent else { return .plain }
    return Terminal(width: TerminalDevice.columns, usesColor: !TerminalDevice.refusesColour)
  }
}
