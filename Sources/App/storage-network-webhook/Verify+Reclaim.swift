internal import ArgumentParser
internal import ChangeExecution
internal import ClusterSources
internal import Platform
internal import Reports
internal import Rules

// `--reclaim` and `--connectivity`.
extension Verify {
  /// kubectl on the same cluster.
  private var kubectl: Kubectl { Kubectl(access: cluster.access.arguments) }

  func showPings() throws {
    let input = try input(VerifyClient(cluster.source()))
    guard var plan = ConnectivityPlan(of: input) else {
      throw InputError(
        input.target == .disabled
          ? """
          there is no storage network to test: the value of settings.harvesterhci.io storage-network is empty; set one \
          first, for example with apply
          """ : "the value of settings.harvesterhci.io storage-network is not a network; correct it first")
    }
    plan.showsAll = verbose
    try output.show(ConnectivityReport(plan, kubectl))
    if plan.pings.isEmpty { throw ExitCode.denied }
  }

  func removeLeaks() throws {
    let printer = ReclaimPrinter(output.output, kubectl)
    let run = try reclaiming { printer.show($0) }
    do throws(ChangeStop) {
      let outcome = try run()
      printer.show(.ended(outcome))
      if outcome.isSuccess { return }
    } catch {
      printer.show(.stopped(error))
      throw error.exitCode
    }
    throw ExitCode.denied
  }

  private func reclaiming(
    _ report: @escaping (ReclaimEvent) -> Void
  ) throws -> () throws(ChangeStop) -> ReclaimOutcome {
    let source = try cluster.source()
    guard case .live(let live) = source else {
      let plan = ReclaimPlan(of: try input(VerifyClient(source)))
      return { () throws(ChangeStop) in try ReclaimExecutor.list(plan, report: report) }
    }
    try Interruption.handle(exitCode: ExitCode.error.rawValue) { "\ninterrupted; what was removed stays removed\n" }
    let program = ProgramCommand(Invocation.current.command, access: cluster.access.arguments)
    return ReclaimExecutor(live.reclaimCluster, program, consent, report: report).run
  }

  private var consent: ReclaimExecutor.Consent {
    if yes { return .given }
    guard StandardInput.isTerminal else { return .missing }
    let format = output.output
    return .asked { () throws(ChangeStop) in try Question.isConfirmed("Remove it?", format) }
  }
}

/// Writes the events to standard output.
private final class ReclaimPrinter {
  private let format: ReportFormat
  private let kubectl: Kubectl
  private var screen: ReclaimScreen

  init(_ format: ReportFormat, _ kubectl: Kubectl) {
    self.format = format
    self.kubectl = kubectl
    screen = ReclaimScreen(.standardOutput, kubectl)
  }

  func show(_ event: ReclaimEvent) {
    let text =
      switch format {
      case .text: screen.render(event)
      case .json: event.json(kubectl)
      }
    // A reader that has gone must not stop the removal.
    try? StandardOutput.write(text)
  }
}
