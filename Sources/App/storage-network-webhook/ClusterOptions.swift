internal import ArgumentParser
internal import WebhookServer

/// The cluster that a command reads: snapshot files, or a live cluster.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The cluster as files: a manifest, or a folder of them. A server watches them for changes.", valueName: "path"))
  var clusterSnapshot: String?

  @OptionGroup var access: KubeconfigOptions

  func validate() throws {
    if clusterSnapshot != nil, access.isGiven {
      throw ValidationError("give either --cluster-snapshot, or --kubeconfig and --context")
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
      "The cluster that this kubeconfig names. Without it: that of $KUBECONFIG, else the one this Pod runs in, else that of ~/.kube/config.",
      valueName: "file"))
  var kubeconfig: String?

  @Option(help: ArgumentHelp("The kubeconfig's context to use instead of its current one.", valueName: "name"))
  var context: String?

  var isGiven: Bool { kubeconfig != nil || context != nil }
}
