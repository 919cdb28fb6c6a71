internal import Addressing
internal import ArgumentParser
internal import Reports
internal import Platform
internal import Rules
internal import WebhookServer

/// `plan`: the size that the range needs.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reckon how large the range of the storage network has to be.",
    discussion: """
      Counts nodes, disks and images by hand, or in a cluster. With --range it shows what the addresses of that range \
      would be for, with --suggest it looks for free ranges.

      Examples:
        storage-network-webhook plan --nodes 5 --disks 10 --images 10
        storage-network-webhook plan --cluster-snapshot cluster.yaml --images 10 --suggest
        storage-network-webhook plan --kubeconfig ~/.kube/config
        storage-network-webhook plan --nodes 3 --disks 6 --range 192.168.0.0/26 --exclude 192.168.0.0/29 --svg range.svg

      Ends with 0, with 1 if no range is large enough or the one of --range is too small or not free, with 2 if that \
      cannot be told.
      """)

  @Option(help: ArgumentHelp("How many nodes store data, witnesses not counted.", valueName: "count"))
  var nodes: Int?

  @Option(help: ArgumentHelp("How many disks they have, over all nodes together.", valueName: "count"))
  var disks: Int?

  @Option(help: ArgumentHelp("How many images are uploaded or downloaded at the same time.", valueName: "count"))
  var images = 0

  @Flag(help: "Count for Longhorn's V2 data engine, as a cluster that has it on does by itself.")
  var v2DataEngine = false

  @Flag(help: "Count for an rwx-network that shares the storage network, as a cluster that has one does by itself.")
  var rwxShares = false

  @Option(
    help: ArgumentHelp("Show what the addresses of this range would be for.", valueName: "cidr"),
    transform: CIDRArgument.init(option:))
  var range: CIDRArgument?

  @Option(help: ArgumentHelp("A part of --range that is not to be used. Repeatable.", valueName: "cidr"))
  var exclude: [String] = []

  @Option(help: ArgumentHelp("Draw the picture of --range into a file.", valueName: "file"))
  var svg: String?

  @Flag(help: "Look for free private ranges of the right size.")
  var suggest = false

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var rules: RuleOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (nodes == nil) == (disks == nil) else {
      throw ValidationError("give both --nodes and --disks, or a cluster to count in")
    }
    if let nodes, nodes < 1 { throw ValidationError("--nodes \(nodes): there is at least one node") }
    if (disks ?? 0) < 0 || images < 0 { throw ValidationError("a count cannot be negative") }
    if max(nodes ?? 0, disks ?? 0, images) > Self.most {
      throw ValidationError("a count over \(Self.most) is beyond every range")
    }
    if range == nil, svg != nil || !exclude.isEmpty { throw ValidationError("--svg and --exclude go with --range") }
    try validateRange()
  }

  /// The number of addresses in a /8. No sum of counts so small overflows an integer.
  private static let most = 1 << 24

  private func validateRange() throws {
    guard let range = range?.prefix else { return }
    if range.length < widestPrefixLength {
      throw ValidationError("--range \(range): a /\(widestPrefixLength) is the widest that is accepted")
    }
    // With the same messages as the exclusions of the setting.
    for text in exclude {
      if let problem = WrittenExclusion(text, inside: range).problem { throw ValidationError("--exclude: \(problem)") }
    }
  }

  func run() throws {
    let asksCluster = nodes == nil || cluster.isGiven
    let facts = asksCluster ? try cluster.source().facts() : ClusterFacts()
    let report = PlanReport(
      of: load(facts), disksPerAdditionalNode: nodes == nil ? facts.storage.mostDisksOfNode : nil, in: facts,
      rules.ruleset,
      range: range.map { range in
        ProposedSpace(
          range: range.prefix,
          exclusions: exclude.compactMap { WrittenExclusion($0, inside: range.prefix).network })
      },
      usesClusterData: asksCluster, suggests: suggest)
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
