internal import ArgumentParser
internal import Platform
internal import Reports

/// The format in which a command prints its report.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Output format.", valueName: "text|json"))
  var output = ReportFormat.text

  func show(_ report: some Report) throws {
    try StandardOutput.write(text(of: report))
  }

  func text(of report: some Report) -> String {
    switch output {
    case .text: report.text(for: .standardOutput)
    case .json: report.json
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
    return Terminal(width: TerminalDevice.columns, usesColor: !TerminalDevice.disablesColor)
  }
}
