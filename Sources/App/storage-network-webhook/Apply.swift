internal import ArgumentParser
internal import ChangeExecution
internal import ClusterSources
internal import ClusterState
internal import Platform
internal import Reports
internal import Rules
internal import Synchronization

/// `apply`: makes a change from the first check to the last virtual machine.
struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Change the storage network: check, stop virtual machines, write the value, verify, start them.",
    discussion: """
      Shows the checklist of check and what will happen, asks once, and then does the steps of Harvester's \
      documentation with the rights of the kubeconfig's user. Virtual machines are stopped and started only with \
      --stop-vms and --start-vms.

      Before the first virtual machine is stopped, the change is recorded in the ConfigMap \
      harvester-system/storage-network-change: the value before, and each virtual machine with its run strategy. So \
      apply may be interrupted anywhere, by Ctrl-C, a lost connection or a power cut. --resume goes on from any \
      machine, --revert goes back to the value before and starts what was stopped. The ConfigMap is removed at the end.

      Examples:
        storage-network-webhook apply --value '{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}' --dry-run
        storage-network-webhook apply -f setting.yaml --stop-vms --start-vms
        storage-network-webhook apply --disable --stop-vms --start-vms --yes -o json
        storage-network-webhook apply --resume --start-vms
        storage-network-webhook apply --revert

      Exit status: 0 done; 1 refused, stuck, or not wanted; 2 error, or interrupted.
      """)

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp("Manifest of the setting, YAML or JSON; - for standard input.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("Value of the setting.", valueName: "json"))
  var value: String?

  @Flag(help: "Disable the storage network: the empty value.")
  var disable = false

  @Flag(help: "Go on with the change that is recorded in the cluster.")
  var resume = false

  @Flag(help: "Take the recorded change back: write the value before, and start what was stopped.")
  var revert = false

  @Flag(name: .customLong("stop-vms"), help: "Stop every virtual machine that is not stopped.")
  var stopVMs = false

  @Flag(help: "End a virtual machine without grace if it does not stop in time.")
  var forceStop = false

  @Option(
    help: ArgumentHelp(
      "Namespace whose virtual machines may be stopped; if others run elsewhere, the change is refused. Repeatable.",
      valueName: "name"))
  var namespace: [String] = []

  @Flag(name: .customLong("start-vms"), help: "Start those virtual machines again that the change stopped.")
  var startVMs = false

  @Option(help: ArgumentHelp("Virtual machines to start at the same time.", valueName: "count"))
  var startParallel = 5

  @Flag(help: "Show what will happen, and end. Required with --cluster-snapshot.")
  var dryRun = false

  @Flag(help: "Do not ask; required where standard input is no terminal.")
  var yes = false

  @Option(help: ArgumentHelp("Seconds without progress after which a step is stuck.", valueName: "seconds"))
  var timeout = 300

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var rules: RuleOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    let commands = [file != nil, value != nil, disable, resume, revert].count { $0 }
    if commands != 1 {
      throw ValidationError("one of -f FILE, --value JSON, --disable, --resume and --revert is required")
    }
    if timeout < 1 { throw ValidationError("--timeout must be at least 1") }
    if startParallel < 1 { throw ValidationError("--start-parallel must be at least 1") }
    if forceStop, !stopVMs, !resume { throw ValidationError("--force-stop requires --stop-vms or --resume") }
    if dryRun, resume || revert { throw ValidationError("--dry-run must not be combined with --resume and --revert") }
    if cluster.clusterSnapshot != nil, !dryRun {
      throw ValidationError("--cluster-snapshot requires --dry-run: files cannot be changed")
    }
  }

  func run() throws {
    if dryRun { return try showPreview() }
    let command = try command()
    guard yes || StandardInput.isTerminal else {
      throw InputError("standard input is no terminal, so that apply cannot ask; add --yes")
    }
    guard case .live(let source) = try cluster.source() else { return }
    let printer = ChangePrinter(output.output, program)
    try Interruption.handle(exitCode: ExitCode.error.rawValue) { printer.lastWords }
    let executor = ChangeExecutor(
      try source.changeCluster(), options, confirm: { () throws(ChangeStop) in try confirm() },
      report: { printer.show($0) })
    do throws(ChangeStop) {
      printer.show(.ended(try executor.run(command)))
    } catch {
      printer.show(.stopped(error))
      throw error.exitCode
    }
  }

  /// The checklist and the preview, of a snapshot or a live cluster.
  private func showPreview() throws {
    let value = try proposedValue()
    let source = try cluster.source()
    let facts = try source.changeFacts()
    var inspected = try VerifyClient(source).fetch()
    let printer = ChangePrinter(output.output, program)
    let review: ChangeReview
    do throws(ChangeStop) {
      review = try ChangeReview(of: value, in: facts, inspected.extraFacts, options)
    } catch {
      printer.show(.stopped(error))
      throw error.exitCode
    }
    printer.show(.checked(review.report))
    printer.show(.previewed(review.preview))
    let outcome = ChangeOutcome.dryRun(isAllowed: review.report.isAllowed)
    printer.show(.ended(outcome))
    if !outcome.isSuccess { throw ExitCode.denied }
  }
}

extension Apply {
  /// This program on the same cluster.
  private var program: ProgramCommand {
    ProgramCommand(Invocation.current.command, access: cluster.access.arguments)
  }

  private func command() throws -> ChangeCommand {
    if resume { return .resume }
    if revert { return .revert }
    return .apply(try proposedValue())
  }

  private func proposedValue() throws -> [UInt8] {
    if disable { return [] }
    let proposed = try ProposedChange(file: file, value: value, stored: nil)
    guard let new = proposed.change?.new, new.hasValue || value != nil, case .text(let bytes) = new.value else {
      throw InputError("\(file ?? "--value"): must contain the Setting storage-network with a value")
    }
    return bytes
  }

  private var options: ChangeOptions {
    var options = ChangeOptions()
    options.stopsMachines = stopVMs
    options.forcesStop = forceStop
    options.startsMachines = startVMs
    options.startParallel = startParallel
    options.namespaces = namespace
    options.timeout = .seconds(timeout)
    options.ruleset = rules.ruleset
    options.command = program
    options.holder = "\(Environment.value("USER") ?? "unknown")@\(HostName.current)"
    options.session = String(UInt64.random(in: 0 ... .max), radix: 16)
    return options
  }

  private func confirm() throws(ChangeStop) -> Bool {
    if yes { return true }
    return try Question.isConfirmed("Go on?", output.output)
  }
}

extension ChangeStop {
  var exitCode: ExitCode {
    switch self {
    case .refused, .stuck, .declined: .denied
    case .unavailable: .error
    }
  }
}

/// Writes the events to standard output.
private final class ChangePrinter: Sendable {
  private struct State {
    var screen: ChangeScreen
    var log = ChangeEventLog()
    /// Whether the change is recorded in the cluster.
    var isRecorded = false
  }

  private let format: ReportFormat
  private let program: ProgramCommand
  private let start = MonotonicInstant.now
  private let state: Mutex<State>

  init(_ format: ReportFormat, _ program: ProgramCommand) {
    self.format = format
    self.program = program
    state = Mutex(
      State(screen: ChangeScreen(.standardOutput, height: TerminalDevice.isPresent ? TerminalDevice.rows : nil)))
  }

  func show(_ event: ChangeEvent) {
    let elapsed = MonotonicInstant.now - start
    state.withLock { state in
      switch event {
      case .entered, .resumed: state.isRecorded = true
      case .ended: state.isRecorded = false
      default: break
      }
      let text =
        switch format {
        case .text: state.screen.render(event, after: elapsed)
        case .json: state.log.render(event, after: elapsed)
        }
      // A reader that has gone must not stop the change.
      try? StandardOutput.write(text)
    }
  }

  /// The words for a user who interrupts.
  var lastWords: String {
    state.withLock { $0.isRecorded }
      ? """

      interrupted; the change is recorded
        → go on: \(program("apply", "--resume"))
        → or take it back: \(program("apply", "--revert"))

      """
      : "\ninterrupted; nothing was changed\n"
  }
}
