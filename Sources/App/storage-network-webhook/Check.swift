internal import ArgumentParser
internal import Reports
internal import Rules
internal import WebhookServer

/// `check`: evaluates a change without making it.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a change of the setting without making it.",
    discussion: """
      Examples:
        storage-network-webhook check --cluster-snapshot cluster.yaml \
      --value '{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}'
        storage-network-webhook check --cluster-snapshot cluster.yaml -f setting.yaml -o json
        storage-network-webhook check --kubeconfig ~/.kube/config -f setting.yaml

      A manifest is judged as kubectl apply would write it: what it leaves out stays as it is stored.

      Ends with 0 if the change would be allowed, 1 if it would be denied, 2 if that cannot be told.
      """)

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp(
      "A manifest of the setting, or an AdmissionReview, YAML or JSON; - is standard input.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The value alone.", valueName: "json"))
  var value: String?

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var rules: RuleOptions

  @Flag(help: "Look again every second, until the change would be allowed.")
  var watch = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if (file == nil) == (value == nil) { throw ValidationError("give either -f FILE or --value JSON") }
    if watch, file == "-" { throw ValidationError("standard input can be read only once, so --watch needs a file") }
  }

  func run() throws {
    if watch {
      var last: CheckReport?
      let makePoller = try cluster.source().makePoller()
      try PollLoop.run(as: output.output) {
        let report = try report(makePoller())
        defer { last = report }
        return .init(
          styledText: report.pageOfOpenItems(), json: report == last ? nil : report.json,
          answer: report.isAllowed ? () : nil)
      }
    } else {
      let report = try report(cluster.source().facts())
      try output.show(report)
      if !report.isAllowed { throw ExitCode.denied }
    }
  }

  private func report(_ facts: ClusterFacts) throws -> CheckReport {
    let proposed = try ProposedChange(file: file, value: value, stored: facts.storageNetwork)
    return CheckReport(of: proposed.change, in: facts, rules.ruleset)
  }
}
