internal import KubeObjects
internal import Rules

extension ReclaimPlan {
  /// The entries of one command: a shell's word has a limit (128 KiB on Linux), and an entry about 300 bytes.
  static let mostEntries = 100

  /// The writes, in order: an address is kept by its reservation until that is deleted too.
  package var writes: [ReclaimWrite] {
    pools.map { .release(Array($0.allocations.prefix(Self.mostEntries)), of: $0.pool) }
      + reservations.map(ReclaimWrite.deleteReservation) + emptyPools.map(ReclaimWrite.deletePool)
  }

  /// The entries that the commands leave for another call.
  var remainingEntries: Int { pools.reduce(0) { $0 + max(0, $1.allocations.count - Self.mostEntries) } }

  /// The commands for a shell, one for each write.
  package func commands(_ kubectl: Kubectl) -> [String] {
    if refusal != nil { return [] }
    return writes.map { write in
      (guards(of: write, kubectl) + [write.command(kubectl)]).joined(separator: " && ")
    }
  }

  /// Commands that fail if a pod exists again that was gone, or is another one.
  ///
  /// A new pod with the same name may take over the entry of the former one, without a write that the version would tell of.
  private func guards(of write: ReclaimWrite, _ kubectl: Kubectl) -> [String] {
    let pods = Set(write.pods).sorted()
    let gone = pods.filter { uids[$0] == nil }.map(\.afterNamespace)
    let get = ["-n", LonghornPod.namespace, "get", "pods"]
    let absence =
      gone.isEmpty
      ? [] : [#"[ "$(\#(kubectl(get + gone + ["--ignore-not-found", "-o", "name"])) && echo gone)" = gone ]"#]
    let identities = pods.compactMap { pod in
      uids[pod].map { uid in
        #"[ "$(\#(kubectl(get + [pod.afterNamespace, "-o", "jsonpath={.metadata.uid}"])))" = \#(ShellWord.quoted(uid)) ]"#
      }
    }
    return absence + identities
  }
}

extension ReclaimWrite {
  /// The references of the pods that what is removed was kept for.
  fileprivate var pods: [String] {
    switch self {
    case .release(let allocations, _): allocations.map(\.reservation.pod)
    case .deleteReservation(let reservation): [reservation.reservation.pod]
    case .deletePool: []
    }
  }

  /// kubectl itself deletes without preconditions; `--raw` sends those of the body.
  ///
  /// <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_delete/>
  fileprivate func command(_ kubectl: Kubectl) -> String {
    switch self {
    case .release:
      kubectl([
        "-n", object.namespace, "patch", "\(resource).\(Self.group)", object.name, "--type=json", "-p", body,
      ])
    case .deleteReservation, .deletePool:
      "echo \(ShellWord.quoted(body)) | \(kubectl(["delete", "--raw", path, "-f", "-"]))"
    }
  }
}

extension String {
  /// The name in `NAMESPACE/NAME`.
  fileprivate var afterNamespace: String { String(split(separator: "/").last ?? "") }
}
