internal import ArgumentParser
internal import ClusterSources
internal import ClusterState
internal import Platform
internal import Reports

/// `verify`: whether a change is in effect everywhere.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify that a change is in effect everywhere, so that virtual machines may be started.",
    discussion: """
      Checks the setting's condition, the network definition, the uplinks, Longhorn's own setting, every Longhorn pod \
      with its address, Whereabouts' reservations, events of exhaustion and the workloads that Harvester stopped.

      Examples:
        storage-network-webhook verify --cluster-snapshot cluster/
        storage-network-webhook verify --kubeconfig ~/.kube/config --watch --timeout 600

      These commands write a snapshot for it:
        for kind in nodes pods events deployments settings.harvesterhci.io \\
            settings.longhorn.io vlanstatuses.network.harvesterhci.io \\
            network-attachment-definitions.k8s.cni.cncf.io \\
            ippools.whereabouts.cni.cncf.io \\
            overlappingrangeipreservations.whereabouts.cni.cncf.io \\
            prometheuses.monitoring.coreos.com \\
            alertmanagers.monitoring.coreos.com; do
          kubectl get $kind -A -o yaml > cluster/$kind.yaml; done

      Exit status: 0 verified; 1 not verified, or stalled with --watch; 2 error.
      """)

  @OptionGroup var cluster: ClusterOptions

  @Flag(help: "Follow a change until it is verified or stalled.")
  var watch = false

  @Option(
    help: ArgumentHelp(
      "With --watch: seconds without progress after which a change counts as stalled.", valueName: "seconds"))
  var timeout = 300

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if timeout < 1 { throw ValidationError("--timeout must be at least 1") }
  }

  func run() throws {
    guard !watch else { return try follow() }
    let report = try report(VerifyClient(cluster.source()))
    try output.show(report)
    if !report.isVerified { throw ExitCode.denied }
  }

  private func follow() throws {
    var monitor = ProgressMonitor(stallTimeout: .seconds(timeout))
    let client = VerifyClient(try cluster.source(), watches: true)
    let start = MonotonicInstant.now
    let outcome = try PollLoop.run(as: output.output) {
      let outcome = try fetch(through: client, for: &monitor, since: start)
      let isNews = monitor.hasProgressed || outcome != nil
      return .init(
        styledText: monitor.styledText(showsClock: TerminalDevice.isPresent, outcome: outcome),
        json: isNews ? monitor.json : nil,
        outcome: outcome)
    }
    if outcome == .stalled { throw ExitCode.denied }
  }

  /// Fetches and records a report. An error of the first fetch is a mistake of the operator; a later one may be
  /// temporary.
  private func fetch(through client: VerifyClient, for monitor: inout ProgressMonitor, since start: MonotonicInstant)
    throws -> ProgressMonitor.Outcome?
  {
    do {
      return monitor.record(try report(client), at: .now - start)
    } catch  where monitor.hasReport {
      return monitor.recordFailure("\(error)", at: .now - start)
    }
  }

  private func report(_ client: VerifyClient) throws -> VerifyReport {
    var cluster = try client.fetch()
    guard let inspection = VerifyInput(cluster.facts, cluster.extraFacts) else {
      let place = self.cluster.clusterSnapshot.map { "\($0): there" } ?? "there"
      throw InputError(
        """
        \(place) is no setting storage-network (settings.harvesterhci.io), so the change cannot be verified; \
        'storage-network-webhook help verify' lists the content of a snapshot
        """)
    }
    return inspection.report
  }
}
