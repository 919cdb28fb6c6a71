internal import ArgumentParser
internal import Platform
internal import Reports
internal import TLSWire
internal import WebhookCore
internal import WebhookServer

/// The command line.
@main
struct StorageNetworkWebhook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Invocation.current.command,
    abstract: "Guards Harvester's cluster setting storage-network.",
    discussion: """
      A wrong storage network stalls every volume of a Harvester cluster. The API server calls this webhook for each \
      change of the setting: it denies changes that would break the cluster, reports all reasons at once, and stores \
      the value in its canonical spelling.
      """,
    version: Version.current,
    subcommands: [Serve.self, Plan.self, Check.self, Apply.self, Verify.self, Register.self])

  /// Exit codes: 0 yes, 1 no, 2 error, wrong usage included.
  static func main() {
    if case .completion = Invocation.current {
      let completion = PluginCompletion(description: _dumpHelp())
      try? StandardOutput.write(completion.completions(for: Array(CommandLine.arguments.dropFirst())))
      return
    }
    OpenSSLExit.keepsMemory()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      exit(withError: code)
    } catch {
      if exitCode(for: error) == .success { exit(withError: error) }
      StandardError.write(fullMessage(for: error) + "\n", within: ServerLimits.logFlushTimeout)
      exit(withError: ExitCode.error)
    }
  }
}

/// The exit codes besides success.
extension ExitCode {
  static let denied = ExitCode(1)
  static let error = ExitCode(2)
}
