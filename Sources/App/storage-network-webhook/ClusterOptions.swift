internal import ArgumentParser
internal import WebhookServer

/// Which cluster a command asks: files, or a living one.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The cluster as files: a manifest, or a folder of them. A server watches them for changes.", valueName: "path"))
  var clusterSnapshot: String?

  @Option(
    help: ArgumentHelp(
      "The cluster that this kubeconfig names. Without it: that of $KUBECONFIG, else the one this Pod runs in, else that of ~/.kube/config.",
      valueName: "file"))
  var kubeconfig: String?

  @Option(help: ArgumentHelp("The kubeconfig's context to use instead of its current one.", valueName: "name"))
  var context: String?

  func validate() throws {
    if clusterSnapshot != nil, kubeconfig != nil || context != nil {
      throw ValidationError("give either --cluster-snapshot, or --kubeconfig and --context")
    }
  }

  /// False where the command line names none, and one would have to be found.
  var isGiven: Bool { clusterSnapshot != nil || kubeconfig != nil || context != nil }

  func source(staleness: Duration = LiveSource.usualStaleness) throws -> ClusterSource {
    if let clusterSnapshot { return .snapshot(SnapshotSource(path: clusterSnapshot)) }
    return .live(try LiveSource(kubeconfig: kubeconfig, context: context, staleness: staleness))
  }
}
