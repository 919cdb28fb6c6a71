internal import Addressing
internal import ArgumentParser
internal import ClusterSources
internal import Platform
internal import Reports
internal import Rules

/// `plan`: the size that the range needs.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Calculate the size of the storage network's range.",
    discussion: """
      Takes the numbers of nodes, disks and images from the options, or from a cluster. With --range it shows what the \
      addresses of that range would be used for, with --suggest it proposes free ranges. With --from and --to it prints the \
      subnet and the fewest exclusions that leave exactly these addresses. With --upgrade it compares the free addresses \
      of the storage network with what a second generation of Longhorn's pods needs.

      Examples:
        storage-network-webhook plan --nodes 5 --disks 10 --images 10
        storage-network-webhook plan --cluster-snapshot cluster.yaml --images 10 --suggest
        storage-network-webhook plan --kubeconfig ~/.kube/config
        storage-network-webhook plan --from 192.168.0.10 --to 192.168.0.40
        storage-network-webhook plan --upgrade --kubeconfig ~/.kube/config
        storage-network-webhook plan --nodes 3 --disks 6 --range 192.168.0.0/26 --exclude 192.168.0.0/29 --svg range.svg

      Exit status: 0 success; 1 no range is large enough, --range is too small or not free, or an \
      upgrade has too few addresses; 2 error.
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

  @Flag(help: "Show whether the storage network has enough free addresses for the next upgrade.")
  var upgrade = false

  @Option(
    help: ArgumentHelp("First address to use: print the subnet and the fewest exclusions.", valueName: "address"),
    transform: Self.address)
  var from: IPv4Address?

  @Option(help: ArgumentHelp("Last address to use, with --from.", valueName: "address"), transform: Self.address)
  var to: IPv4Address?

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
    if (from == nil) != (to == nil) { throw ValidationError("--from and --to are required together") }
    let questions = [from != nil, upgrade, nodes != nil || suggest || svg != nil].count { $0 }
    if questions > 1 {
      throw ValidationError("--from and --to, --upgrade, and the options of the size must not be combined")
    }
    if from != nil, !exclude.isEmpty || cluster.isGiven {
      throw ValidationError("--from and --to must be combined with nothing but --range")
    }
    if upgrade, range != nil { throw ValidationError("--upgrade must not be combined with --range") }
    try validateRange()
  }

  private static func address(_ text: String) throws -> IPv4Address {
    do throws(AddressError) {
      return try IPv4Address(text)
    } catch {
      throw ValidationError("must be an IPv4 address, for example 192.168.0.10")
    }
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
    if let from, let to { return try showSubnet(from, to) }
    if upgrade { return try showUpgrade() }
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

  private func showSubnet(_ from: IPv4Address, _ to: IPv4Address) throws {
    guard let plan = SubnetPlan(from: from, to: to, in: range?.prefix) else {
      let subnet = range.map { "\($0.prefix)" } ?? "one subnet of at most a /\(widestPrefixLength)"
      throw InputError("\(from) to \(to): must be usable addresses of \(subnet), in this order")
    }
    try output.show(plan)
  }

  private func showUpgrade() throws {
    guard let plan = UpgradePlan(in: try cluster.source().facts(), rules.ruleset) else {
      throw InputError("the cluster has no storage network, so that an upgrade needs no address of it")
    }
    try output.show(plan)
    if !plan.isSufficient { throw ExitCode.denied }
  }

  /// Returns the storage load. The command line takes precedence over the cluster.
  private func load(_ facts: ClusterFacts) -> StorageLoad {
    StorageLoad(
      nodes: nodes ?? facts.storage.nodes, disks: disks ?? facts.storage.disks, images: images,
      v2DataEngineIsOn: v2DataEngine || facts.v2DataEngineIsOn,
      rwxSharesStorageNetwork: rwxShares || facts.rwxVolumesUseStorageNetwork)
  }
}
