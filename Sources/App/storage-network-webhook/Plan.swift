internal import Addressing
internal import ArgumentParser
internal import Reports
internal import Platform
internal import Rules
internal import WebhookServer

/// `plan`: the size that the range needs.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Calculate the size of the storage network's range.",
    discussion: """
      Takes the numbers of nodes, disks and images from the options, or from a cluster. With --range it shows what the \
      addresses of that range would be used for, with --suggest it proposes free ranges.

      Examples:
        storage-network-webhook plan --nodes 5 --disks 10 --images 10
        storage-network-webhook plan --cluster-snapshot cluster.yaml --images 10 --suggest
        storage-network-webhook plan --kubeconfig ~/.kube/config
        storage-network-webhook plan --nodes 3 --disks 6 --range 192.168.0.0/26 --exclude 192.168.0.0/29 --svg range.svg

      Exit status: 0 success; 1 no range is large enough, or --range is too small or not free; 2 error.
      """)

  @Option(help: ArgumentHelp("Number of nodes that store data, without witnesses.", valueName: "count"))
  var nodes: Int?

  @Option(help: ArgumentHelp("Number of disks over all nodes.", valueName: "count"))
  var disks: Int?

  @Option(help: ArgumentHelp("Number of images uploaded or downloaded at the same time.", valueName: "count"))
  var images = 0

  @Flag(help: "Include Longhorn's V2 data engine; read from the cluster where one is given.")
  var v2DataEngine = false

  @Flag(help: "Include an rwx-network that shares the storage network; read from the cluster where one is given.")
  var rwxShares = false

  @Option(
    help: ArgumentHelp("Range of which to show the use of each address.", valueName: "cidr"),
    transform: CIDRArgument.init(option:))
  var range: CIDRArgument?

  @Option(help: ArgumentHelp("Part of --range to exclude. Repeatable.", valueName: "cidr"))
  var exclude: [String] = []

  @Option(help: ArgumentHelp("File to write a drawing of --range to.", valueName: "file"))
  var svg: String?

  @Flag(help: "Propose free private ranges of the right size.")
  var suggest = false

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var rules: RuleOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (nodes == nil) == (disks == nil) else {
      throw ValidationError(
        "--nodes and --disks are required together; without both, nodes and disks are counted in a cluster")
    }
    if let nodes, nodes < 1 { throw ValidationError("--nodes must be at least 1, not \(nodes)") }
    if (disks ?? 0) < 0 || images < 0 { throw ValidationError("--disks and --images must not be negative") }
    if max(nodes ?? 0, disks ?? 0, images) > Self.maxCount {
      throw ValidationError("--nodes, --disks and --images must be at most \(Self.maxCount)")
    }
    if range == nil, svg != nil || !exclude.isEmpty {
      throw ValidationError("--range is required with --svg and --exclude")
    }
    try validateRange()
  }

  /// The number of addresses in a /8. No sum of counts so small overflows an integer.
  private static let maxCount = 1 << 24

  private func validateRange() throws {
    guard let range = range?.prefix else { return }
    if range.length < widestPrefixLength {
      throw ValidationError("--range must not be wider than a /\(widestPrefixLength), not \(range)")
    }
    // With the same messages as the exclusions of the setting.
    for text in exclude {
      if let problem = ExclusionArgument(text, inside: range).problem { throw ValidationError("--exclude: \(problem)") }
    }
  }

  func run() throws {
    let usesCluster = nodes == nil || cluster.isGiven
    let facts = usesCluster ? try cluster.source().facts() : ClusterFacts()
    let report = PlanReport(
      of: load(facts), disksPerAdditionalNode: nodes == nil ? facts.storage.maxDisksPerNode : nil, in: facts,
      rules.ruleset,
      range: range.map { range in
        ProposedSpace(
          range: range.prefix,
          exclusions: exclude.compactMap { ExclusionArgument($0, inside: range.prefix).network })
      },
      usesClusterData: usesCluster, suggests: suggest)
    if let svg, let space = report.space { try File.write(Array(space.drawing().utf8), to: svg) }
    try output.show(report)
    if !report.isSufficient { throw ExitCode.denied }
  }

  /// Returns the storage load. The command line takes precedence over the cluster.
  private func load(_ facts: ClusterFacts) -> StorageLoad {
    StorageLoad(
      nodes: nodes ?? facts.storage.nodes, disks: disks ?? facts.storage.disks, images: images,
      v2DataEngineIsOn: v2DataEngine || facts.v2DataEngineIsOn,
      rwxSharesStorageNetwork: rwxShares || facts.rwxVolumesUseStorageNetwork)
  }
}
