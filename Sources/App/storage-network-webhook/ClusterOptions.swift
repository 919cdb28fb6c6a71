internal import ArgumentParser
internal import ClusterSources

/// The cluster that a command reads: snapshot files, or a live cluster.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Manifest file or folder that describes the cluster. A server reloads it when it changes.", valueName: "path"))
  var clusterSnapshot: String?

  @OptionGroup var access: KubeconfigOptions

  func validate() throws {
    if clusterSnapshot != nil, access.isGiven {
      throw ValidationError("--cluster-snapshot must not be combined with --kubeconfig and --context")
    }
  }

  /// Whether the command line names a cluster; otherwise a default is searched.
  var isGiven: Bool { clusterSnapshot != nil || access.isGiven }

  func source(staleness: Duration = .seconds(LiveSource.defaultMaxStalenessSeconds)) throws -> ClusterSource {
    if let clusterSnapshot { return .snapshot(SnapshotSource(path: clusterSnapshot)) }
    return .live(try LiveSource(kubeconfig: access.kubeconfig, context: access.context, staleness: staleness))
  }
}

/// The access to a live cluster.
struct KubeconfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Kubeconfig of the cluster. Default: $KUBECONFIG, then the cluster that the Pod runs in, then ~/.kube/config.",
      valueName: "file"))
  var kubeconfig: String?

  @Option(help: ArgumentHelp("Context of the kubeconfig. Default: its current one.", valueName: "name"))
  var context: String?

  var isGiven: Bool { kubeconfig != nil || context != nil }

  /// The same options for another command line, of this program or of kubectl.
  var arguments: [String] {
    [("--kubeconfig", kubeconfig), ("--context", context)].flatMap { name, value in value.map { [name, $0] } ?? [] }
  }
}
