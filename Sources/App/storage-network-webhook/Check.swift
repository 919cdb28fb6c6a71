internal import Admission
internal import ArgumentParser
internal import ClusterState
internal import JSON
internal import Reactor
internal import Rules
internal import Snapshot
internal import WebhookServer

/// `check`: the webhook's judgement without a change.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a change of the setting without making it.",
    discussion: """
      Examples:
        storage-network-webhook check --cluster-snapshot cluster.yaml \
      --value '{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}'
        storage-network-webhook check --cluster-snapshot cluster.yaml -f setting.yaml -o json
        storage-network-webhook check --kubeconfig ~/.kube/config -f setting.yaml

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

  @OptionGroup var judgement: JudgementOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The form of the answer.", valueName: "text|json"))
  var output = ReportFormat.text

  func validate() throws {
    if (file == nil) == (value == nil) { throw ValidationError("give either -f FILE or --value JSON") }
  }

  func run() throws {
    let facts = try cluster.source().facts()
    let proposed = try ProposedChange(file: file, value: value, stored: facts.storageNetwork)
    let report = CheckReport(of: proposed, in: facts, options: judgement.ruleset)
    print(report.shown(as: output), terminator: "")
    if !report.isAllowed { throw ExitCode.no }
  }
}
