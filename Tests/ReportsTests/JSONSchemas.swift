/// The meaning of the members of the JSON forms. Members are added, never renamed.
struct JSONSchema {
  var heading = "With `-o json`, one object on one line:"
  let rows: [(path: String, type: String, meaning: String)]

  var markdown: [String] {
    [heading, "", "| member | type | meaning |", "| --- | --- | --- |"]
      + rows.map { row in
        let path = row.path.split(separator: " ").map { "`\($0)`" }.joined(separator: " ")
        return "| \(path) | \(row.type) | \(row.meaning) |"
      } + [""]
  }
}

enum JSONSchemas {
  static let all = ["plan": [plan], "check": [check], "apply": [apply], "verify": [verify, reclaim, connectivity]]

  private static let plan = JSONSchema(rows: [
    ("sufficient", "bool", "true if the exit code is 0"),
    ("need", "number", "addresses needed"),
    ("sizing", "string", "the formula: `v1.2` or `v1.3`"),
    ("versionKnown", "bool", "false where the formula was taken because the version is unknown"),
    ("terms", "array", "the terms of the sum:"),
    ("count perUnit total", "number", "so many things, with so many addresses each, make so many"),
    ("unit", "string", "the counted objects"),
    ("disksPerAdditionalNode", "number", "what another node is taken to bring"),
    ("smallestPrefix", "number or null", "length of the smallest range that will do"),
    ("prefixes", "array", "what ranges of each size would offer:"),
    ("prefix usable spare", "number", "the length, its usable addresses, and those that are left"),
    ("moreNodes moreDisks moreImages", "number", "what they are enough for, each alone"),
    ("range", "object or null", "the range of `--range`, with `usable`, `spare`, `moreNodes` and:"),
    (
      "kept", "number",
      "usable addresses that Whereabouts keeps for pods that are gone or not Longhorn's; they are not spare"
    ),
    ("sufficient", "bool", "whether everything has an address"),
    ("blocks", "array", "the range in ascending order, from `first` to `last`:"),
    ("first last", "string", "addresses"),
    ("use", "string", "`unusable`, `excluded`, `taken`, `needed` or `spare`"),
    ("owner", "string or null", "what uses it"),
    ("suggestions", "array or null", "free ranges, if `--suggest` is given"),
    ("range exclude", "string, array", "with `--from` and `--to` only these, `first`, `last` and `usable`"),
    (
      "usable used kept free", "number",
      "with `--upgrade` these, `sufficient`, `need`, `range` and `terms`: addresses of the range, those in use, those of "
        + "them that are reserved for pods of Longhorn that are gone, and those that are left"
    ),
  ])

  private static let check = JSONSchema(rows: [
    ("allowed", "bool", "the verdict"),
    ("violations", "array", "every rule that is broken, with `rule` and:"),
    ("reason", "string", "the cause's reason of the Kubernetes API, such as `FieldValueInvalid`"),
    ("field", "string", "the place, such as `value.range`"),
    ("message", "string", "the message of the webhook"),
    ("warnings", "array", "what it warns of"),
    ("storedAs", "string or null", "the text that would be stored, where it is not the proposed one"),
    ("sha1", "string or null", "the SHA-1 that Harvester compares to recognise a change"),
    ("change", "bool", "whether Harvester would act on it"),
    ("checklist", "array", "every rule:"),
    ("rule", "string", "its name"),
    ("requirement", "string", "the fact that it requires"),
    ("result", "string", "`pass`, `warn`, `fail` or `skip`"),
    ("appliesWhen", "string or null", "when it is evaluated, if it was not"),
    ("preview", "object", "only with `--preview`: the members of the event `preview` of [apply](#apply)"),
  ])

  private static let apply = JSONSchema(
    heading: "With `-o json`, one object on one line for each event, and a last one with `event` `ended`:",
    rows: [
      (
        "event elapsedSeconds", "string, number",
        "what happened, and the time since the start; further members by event:"
      ),
      ("checked", "event", "the checklist, with the members of `check`"),
      ("preview", "event", "what will happen:"),
      ("change", "bool", "whether Harvester acts on it at all"),
      ("definition", "object or null", "the NetworkAttachmentDefinition that Harvester creates"),
      ("replacedDefinition", "string or null", "the present one, which it deletes"),
      (
        "addresses", "object or null",
        "`needed`, `usable`, `kept` for pods that are gone or not Longhorn's, and `left`"
      ),
      ("workloads", "array", "`kind`, `namespace`, `name` and `replicas` of what Harvester stops and starts again"),
      ("restarts", "array", "for each `node` the Longhorn `pods` that restart"),
      ("virtualMachines", "array", "`namespace`, `name` and `status` of the virtual machines that must be stopped"),
      ("resumed phase", "event", "a recorded change is taken up; a phase begins:"),
      ("phase", "string", "`prepared`, `stopping`, `stopped`, `written`, `verified` or `starting`"),
      ("direction", "string", "`forward` or `revert`"),
      ("value", "string", "the value that is written"),
      ("virtualMachines", "array", "names of the virtual machines that are stopped for the change"),
      ("holder startedAt", "string", "who acts, and since when the change is recorded"),
      ("requested", "event", "KubeVirt was asked: `operation` (`stop`, `forceStop`, `start`), `namespace`, `name`"),
      ("stopping", "event", "`total`, `stopped`, and the names of what is `running` and of `attachedVolumes`"),
      ("written", "event", "the API server has stored the `value`"),
      ("verifying", "event", "the members of `verify`"),
      ("starting", "event", "`total`, `started`, and the names of those `pending` and `failed`"),
      ("unreachable", "event", "`reason` why the API server does not answer; null when it does again"),
      ("notice", "event", "`text` for the operator"),
      ("ended", "event", "the end:"),
      (
        "outcome", "string",
        "`done`, `reverted`, `unchanged` or `dryRun`; `refused`, `stuck`, `unavailable` or `declined`"
      ),
      ("stillStopped", "array", "of `done`: names of the virtual machines that remain stopped"),
      ("allowed", "bool", "of `dryRun`: the verdict"),
      ("reasons advice", "array", "of the other ones: why, and what to do"),
    ])

  private static let verify = JSONSchema(rows: [
    ("verified", "bool", "the verdict"),
    ("network", "object or null", "what the setting wants; null without a storage network"),
    ("definition range usable", "", "its NetworkAttachmentDefinition, range and count of usable addresses"),
    ("percent", "number", "how far the change is, 0 to 100"),
    ("steps", "array", "every step, with `title`, `summary` and:"),
    ("step", "string", "its name"),
    ("title summary", "string", "text"),
    ("state", "string", "`done`, `warning`, `inProgress` or `failed`"),
    ("done total", "number", "its parts"),
    ("findings", "array", "`text`, and `advice` or null"),
    ("text advice", "string", "the finding and the advice"),
    ("pods", "array", "each of Longhorn's pods that carry storage traffic:"),
    ("namespace name node component", "string", "which pod it is"),
    ("ready", "bool", "its condition Ready"),
    ("address", "string or null", "its address on the storage network; `network` is the definition behind it"),
    (
      "verdict", "string",
      "`ok`, `waiting`, `pendingRestart`, `nodeUnavailable`, `blocked`, `misplaced` or `duplicateAddress`"
    ),
    ("reason", "string or null", "why it is not ok"),
    ("pool", "object or null", "Whereabouts' books of the range, with `range`, `usable` and:"),
    ("used", "number", "usable addresses with a reservation"),
    ("leaked", "array", "entries (`address`, `pod`) for pods that are gone"),
    ("pod", "string", "namespace and name"),
    ("otherNamespaces", "array", "entries for pods of other namespaces"),
    ("duplicates", "array", "addresses on more than one pod"),
    ("unrecorded", "array", "addresses on pods without an entry"),
    ("orphanedReservations", "array", "reservations over all ranges for pods that are gone"),
    ("elapsedSeconds", "number", "only with `--watch`, which prints an object whenever something has moved"),
  ])

  private static let reclaim = JSONSchema(
    heading:
      "With `--reclaim -o json`, one object on one line for each event, and a last one with `event` `ended`:",
    rows: [
      ("event", "string", "what happened; further members by event:"),
      ("found", "event", "what can be removed:"),
      ("addresses", "number", "the addresses that Whereabouts can hand out afterwards"),
      ("allocations", "array", "entries of pools: `pool`, `key` under `spec.allocations`, `address` and `pod`"),
      ("reservations", "array", "reservations over all ranges: `name`, `address` and `pod`"),
      ("emptyPools", "array", "names of empty pools of ranges that no network uses"),
      (
        "otherNamespaces", "array",
        "`address` and `pod` of entries for pods that are not Longhorn's; they are left alone"
      ),
      (
        "sharedPools", "array",
        "`pool`, `allocations` and `networks`: entries of a pool that other networks use too; they are left alone"
      ),
      (
        "leftAlone", "array",
        "`name`, `address`, `pod` and `reason`: other entries and reservations that seem to be leaked and are left alone"
      ),
      ("commands", "event", "`commands`: what removes it; not with `--yes`, and not if it is refused"),
      (
        "removed alreadyGone conflict kept podReturned unconfirmed", "event",
        "removed; removed by another client; changed meanwhile and looked at again; left alone, with a `reason`; a pod has "
          + "come back in the moment of the write; whether one has is not known, with a `reason`"
      ),
      ("kind", "string", "`allocation`, `reservation` or `pool`, with the members above"),
      ("ended", "event", "the end:"),
      ("outcome", "string", "`clean`, `listed` or `removed`; `refused`, `unavailable` or `declined`"),
      ("removed kept", "number", "of `removed`: objects and entries that were removed, and that were left alone"),
      ("doubtful", "number", "of `removed`: those that were removed and that a pod may use again"),
      ("reasons advice", "array", "of `refused` and `unavailable`: why, and what to do"),
    ])

  private static let connectivity = JSONSchema(
    heading: "With `--connectivity -o json`, one object on one line:",
    rows: [
      ("definition", "string", "the NetworkAttachmentDefinition"),
      ("mtu mtuIsDefault", "number, bool", "the MTU of the interfaces, and whether the definition sets none"),
      ("uplinkMTU", "number or null", "the MTU of the cluster network's uplinks, where it is known"),
      ("dataSize", "number", "bytes of data of a packet that fills the MTU"),
      ("pings", "array", "every ordered pair of instance managers on different nodes:"),
      ("from fromNode to toNode", "string", "pods and nodes"),
      ("address", "string", "the address that is pinged"),
      ("ring", "bool", "whether it is one of the few that reach each node once in each direction"),
      ("command", "string", "the command"),
      ("absent", "array", "`pod` and `reason` of instance managers without an address on the network"),
    ])
}
