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

      --reclaim is about what Whereabouts keeps for Longhorn's pods that are gone: entries of the storage network's pool, \
      reservations over all ranges, and empty pools of former ranges. It prints the command that removes each, and asks \
      at a terminal; with --yes it removes them one by one, unless the pod has come back or the object has changed. Not \
      while a change is in progress. --connectivity prints the commands that ping the instance managers from each other \
      over the storage network, with the largest packets that it must carry.

      Examples:
        storage-network-webhook verify --cluster-snapshot cluster/
        storage-network-webhook verify --kubeconfig ~/.kube/config --watch --timeout 600
        storage-network-webhook verify --reclaim --yes
        storage-network-webhook verify --connectivity

      These commands write a snapshot for it:
        for kind in nodes pods events deployments settings.harvesterhci.io \\
            settings.longhorn.io clusternetworks.network.harvesterhci.io \\
            vlanconfigs.network.harvesterhci.io vlanstatuses.network.harvesterhci.io \\
            network-attachment-definitions.k8s.cni.cncf.io \\
            ippools.whereabouts.cni.cncf.io \\
            overlappingrangeipreservations.whereabouts.cni.cncf.io \\
            prometheuses.monitoring.coreos.com \\
            alertmanagers.monitoring.coreos.com; do
          kubectl get $kind -A -o yaml > cluster/$kind.yaml; done

      Exit status: 0 verified; 1 not verified, or stalled with --watch; 2 error. With --reclaim: 0 nothing is left to \
      remove; 1 something is, or it is refused; 2 error. With --connectivity: 0 commands were printed; 1 there are no two \
      nodes to ping; 2 error.
      """)

  @OptionGroup var cluster: ClusterOptions

  @Flag(help: "Follow a change until it is verified or stalled.")
  var watch = false

  @Option(
    help: ArgumentHelp(
      "With --watch: seconds without progress after which a change counts as stalled.", valueName: "seconds"))
  var timeout = 300

  @Flag(help: "Show what Whereabouts keeps for pods that are gone, and the commands that remove it.")
  var reclaim = false

  @Flag(help: "With --reclaim: remove it, without asking.")
  var yes = false

  @Flag(help: "Print commands that ping each instance manager from the others over the storage network.")
  var connectivity = false

  @Flag(help: "With --connectivity: print every pair, however many there are.")
  var verbose = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if timeout < 1 { throw ValidationError("--timeout must be at least 1") }
    if [watch, reclaim, connectivity].count(where: { $0 }) > 1 {
      throw ValidationError("only one of --watch, --reclaim and --connectivity may be given")
    }
    if yes, !reclaim { throw ValidationError("--yes requires --reclaim") }
    if yes, cluster.clusterSnapshot != nil {
      throw ValidationError("--yes must not be combined with --cluster-snapshot: files cannot be changed")
    }
    if verbose, !connectivity { throw ValidationError("--verbose requires --connectivity") }
  }

  func run() throws {
    guard !watch else { return try follow() }
    guard !reclaim else { return try removeLeaks() }
    guard !connectivity else { return try showPings() }
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

  private func report(_ client: VerifyClient) throws -> VerifyReport { try input(client).report }

  func input(_ client: VerifyClient) throws -> VerifyInput {
    var cluster = try client.fetch()
    guard let inspection = VerifyInput(cluster.facts, cluster.extraFacts) else {
      let place = self.cluster.clusterSnapshot.map { "\($0): there" } ?? "there"
      throw InputError(
        """
        \(place) is no setting storage-network (settings.harvesterhci.io), so the change cannot be verified; \
        'storage-network-webhook help verify' lists the content of a snapshot
        """)
    }
    return inspection
  }
}
