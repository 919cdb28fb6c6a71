internal import ArgumentParser
internal import ChangeExecution
internal import ClusterSources
internal import ClusterState
internal import Reports
internal import Rules

/// `check`: evaluates a change without making it.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a change of the setting without making it.",
    discussion: """
      Examples:
        storage-network-webhook check --cluster-snapshot cluster.yaml \
      --value '{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}'
        storage-network-webhook check --cluster-snapshot cluster.yaml -f setting.yaml -o json
        storage-network-webhook check --kubeconfig ~/.kube/config -f setting.yaml

      A manifest is read as kubectl apply would write it: what it leaves out stays as it is stored.

      Exit status: 0 allowed; 1 denied; 2 error.
      """)

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp(
      "Manifest of the setting, or an AdmissionReview, YAML or JSON; - for standard input.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("Value of the setting.", valueName: "json"))
  var value: String?

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var rules: RuleOptions

  @Flag(help: "Check every second until the change would be allowed.")
  var watch = false

  @Flag(help: "Print every rule with its result, not only violations and warnings.")
  var verbose = false

  @Flag(help: "Show what the change will set in motion: the network definition, restarts, virtual machines, addresses.")
  var preview = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if (file == nil) == (value == nil) { throw ValidationError("one of -f FILE and --value JSON is required") }
    if watch, file == "-" {
      throw ValidationError("--watch must not be used with -f -, because standard input can be read only once")
    }
    if watch, preview { throw ValidationError("--watch must not be combined with --preview") }
  }

  func run() throws {
    if watch {
      var last: CheckReport?
      let readFacts = try cluster.source().makeFactsReader()
      try PollLoop.run(as: output.output) {
        let report = try report(readFacts(), .findings)
        defer { last = report }
        return .init(
          styledText: report.styledText(within: nil), json: report == last ? nil : report.json,
          outcome: report.isAllowed ? () : nil)
      }
    } else {
      let source = try cluster.source()
      let facts = try source.changeFacts()
      var inspected: VerifySnapshot? = preview ? try VerifyClient(source).fetch() : nil
      let report = try report(
        facts.rules, verbose ? .everyRule : .groups, (inspected?.extraFacts).map { ($0, facts.users) })
      try output.show(report)
      if !report.isAllowed { throw ExitCode.denied }
    }
  }

  /// - Parameter cluster: For the preview; nil without one.
  private func report(
    _ facts: ClusterFacts, _ detail: CheckReport.Detail, _ cluster: (VerifyFacts, StorageUsers)? = nil
  ) throws -> CheckReport {
    let proposed = try ProposedChange(file: file, value: value, stored: facts.storageNetwork)
    var report = CheckReport(of: proposed.change, in: facts, rules.ruleset)
    report.detail = detail
    if let (extraFacts, users) = cluster, let change = proposed.change {
      report.preview = ChangePreview(of: change, report, in: facts, users, extraFacts, rules.ruleset)
    }
    return report
  }
}
