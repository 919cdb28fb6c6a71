import Foundation
import Registration
import TestSupport
import Testing

@Suite(
  .serialized,
  .enabled(
    if: !ControlPlane.Assets.all.isEmpty,
    "neither KUBEBUILDER_ASSETS nor KUBEBUILDER_ASSETS_OLD names a folder with etcd and kube-apiserver"))
struct `Installation` {
  static let allGood: Set = ["good 200", "bad 422", "other 200"]

  @Test(arguments: ControlPlane.Assets.all) func `no call fails from installation to a new CA under load`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    // Installed 61 days ago: the pair is due for renewal and still valid for the API server.
    try context.registerInThePast(days: 61)
    #expect(try context.policies() == ["Ignore", "Ignore"], "no change is denied yet")
    try context.mount()
    let old = try context.folder.read("tls.pem")
    let pod = try context.startPod()
    context.balancer.use([pod.port])
    let load = try Load(on: context.plane)
    try load.more(20)

    // The webhook responds, so failurePolicy is Fail, and the pair is renewed.
    let registrar = try context.register()
    let line = try registrar.errors.waitForLine(with: #""message":"registered""#)
    #expect(line.contains(assets.isNew ? #""matching":"matchConditions""# : #""matching":"objectSelector""#))
    #expect(try context.policies() == ["Fail", "Fail"])
    try context.mount()
    #expect(try context.folder.read("tls.pem") != old)
    try pod.program.errors.waitForLine(with: "certificate reloaded")
    try load.more(40)

    // Another CA; the pods read it later.
    let rotation = try context.register("--once", "--rotate-ca")
    try load.more(20)
    #expect(try rotation.exitCode() == 0, "\(rotation.errors.text)")
    try load.more(40)
    try context.mount()
    try pod.program.errors.waitForLine(with: "certificate reloaded", after: 1)
    try load.more(40)

    let counts = load.stop()
    #expect(Set(counts.keys) == Self.allGood, "\(counts)")
  }

  @Test(arguments: ControlPlane.Assets.all)
  func `no call fails while both instances are replaced under load`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    let (registrar, first) = try context.run()
    var pods = [first, try context.startPod()]
    context.balancer.use(pods.map(\.port))
    #expect(try context.policies() == ["Fail", "Fail"])

    let load = try Load(on: context.plane)
    try load.more(40)
    for _ in 0..<2 {
      // As in the Deployment: maxSurge 1, maxUnavailable 0.
      pods.append(try context.startPod())
      context.balancer.use(pods.map(\.port))
      let leaving = pods.removeFirst()
      leaving.program.signal(SIGTERM)
      // The endpoints change a little later than the pod.
      try leaving.program.errors.waitForLine(with: #""message":"stopping""#)
      context.balancer.use(pods.map(\.port))
      #expect(try leaving.program.exitCode() == 0)
      try load.more(40)
    }
    let counts = load.stop()
    #expect(Set(counts.keys) == Self.allGood, "\(counts)")
    registrar.signal(SIGTERM)
    #expect(try registrar.exitCode() == 0)
  }

  @Test(arguments: ControlPlane.Assets.all)
  func `no call fails or bypasses the webhook while manifests are applied twenty times under load`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    let (registrar, pod) = try context.run()
    let before = try context.webhooks()
    // Every state that is ever stored.
    let stored = try InstalledCluster.names.map { name in
      try Program(
        assets.kubectl,
        [
          "--kubeconfig", context.plane.folder.path("admin"), "get", name, "storage-network-webhook", "--watch", "-o",
          #"jsonpath={.webhooks[0].failurePolicy}{"\n"}"#,
        ])
    }
    for program in stored { try program.output.waitForLine(with: "Fail") }
    let load = try Load(on: context.plane)
    for round in 0..<20 {
      let options = round.isMultiple(of: 2) ? [] : ["--server-side", "--force-conflicts"]
      if options.isEmpty {
        try context.apply(image: "round-\(round)")
      } else {
        try context.apply(image: "round-\(round)", options[0], options[1])
      }
      try load.more(5)
    }
    let counts = load.stop()
    #expect(Set(counts.keys) == Self.allGood, "\(counts)")
    #expect(stored.allSatisfy { Set($0.output.lines) == ["Fail"] })
    #expect(try context.webhooks() == before)
    let difference = try context.plane.tryKubectl(["diff", "-k", context.folder.path("mine")])
    #expect(difference.exitCode == 0, "\(difference.output)\(difference.errors)")
    #expect(difference.output == "")
    #expect(!pod.program.hasEnded && !registrar.hasEnded)
  }
}

@Suite(
  .serialized,
  .enabled(
    if: !ControlPlane.Assets.all.isEmpty,
    "neither KUBEBUILDER_ASSETS nor KUBEBUILDER_ASSETS_OLD names a folder with etcd and kube-apiserver"))
struct `Registrar with a real API server` {
  /// Changes to each configuration by kubectl.
  static let edits: [[String]] = [
    ["delete", "NAME", "storage-network-webhook"],
    [
      "patch", "NAME", "storage-network-webhook", "--type=json", "-p",
      #"[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]"#,
    ],
    [
      "patch", "NAME", "storage-network-webhook", "--type=json", "-p",
      #"[{"op":"replace","path":"/webhooks/0/rules/0/operations","value":["DELETE"]}]"#,
    ],
    [
      "patch", "NAME", "storage-network-webhook", "--type=json", "-p",
      #"[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]"#,
    ],
    ["patch", "NAME", "storage-network-webhook", "--type=merge", "-p", #"{"webhooks":null}"#],
    ["patch", "NAME", "storage-network-webhook", "--type=merge", "-p", #"{"metadata":{"ownerReferences":null}}"#],
  ]

  @Test(arguments: ControlPlane.Assets.all) func `edited, emptied and deleted objects are restored within five seconds`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    let (registrar, pod) = try context.run()
    let before = try context.webhooks()
    for edit in Self.edits {
      for name in InstalledCluster.names {
        let run = try context.plane.tryKubectl(edit.map { $0 == "NAME" ? name : $0 })
        try #require(run.exitCode == 0, "\(run.errors)")
        try context.eventually("\(edit) is reverted", within: 5) { try context.webhooks() == before }
      }
    }
    let secret = ["secret", "storage-network-webhook-tls", "--namespace", "harvester-system"]
    for edit in [["delete"] + secret, ["patch"] + secret + ["--type=merge", "-p", #"{"data":null}"#]] {
      let run = try context.plane.tryKubectl(edit)
      try #require(run.exitCode == 0, "\(run.errors)")
      try context.eventually("\(edit) is reverted", within: 5) {
        try context.plane.tryKubectl(["get"] + secret + ["-o", "jsonpath={.data.tls\\.crt}"]).output != ""
      }
      // The pod still serves the old pair, whose CA is still trusted.
      #expect(try context.policies() == ["Fail", "Fail"])
    }
    if !assets.isNew {
      try context.plane.kubectl(
        "label", "settings.harvesterhci.io", "storage-network", "\(RegistrationNames.settingLabel)-")
      try context.eventually("the label is restored", within: 5) {
        try context.plane.kubectl("get", "settings.harvesterhci.io", "storage-network", "--show-labels").contains(
          RegistrationNames.settingLabel)
      }
    }
    #expect(!pod.program.hasEnded && !registrar.hasEnded)
  }

  @Test(arguments: ControlPlane.Assets.all) func `an unavailable webhook blocks changes of one setting only`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    let load = try Load(on: context.plane, ["other"])
    let (registrar, pod) = try context.run()
    context.balancer.use([])
    pod.program.signal(SIGKILL)
    let write = ["patch", "settings.harvesterhci.io", "storage-network", "--type=merge", "-p", #"{"value":"x"}"#]
    try context.eventually("changes are denied") {
      try context.plane.tryKubectl(write).errors.contains("failed calling webhook")
    }
    for name in InstalledCluster.names { try context.plane.kubectl("delete", name, "storage-network-webhook") }
    try context.eventually("it is registered again", within: 5) {
      try context.webhooks().allSatisfy { $0.contains("Fail") }
    }
    try load.more(20, ["other 200"])

    // The operator bypasses the webhook, and removes the bypass.
    let annotation = "\(RegistrationNames.failurePolicy)=Ignore"
    for name in InstalledCluster.names {
      try context.plane.kubectl("annotate", name, "storage-network-webhook", annotation)
    }
    try context.eventually("failurePolicy is Ignore", within: 5) { try context.policies() == ["Ignore", "Ignore"] }
    try context.eventually("changes are allowed") { try context.plane.tryKubectl(write).exitCode == 0 }
    for name in InstalledCluster.names {
      try context.plane.kubectl("annotate", name, "storage-network-webhook", "\(RegistrationNames.failurePolicy)-")
    }
    try context.eventually("failurePolicy is Fail", within: 5) { try context.policies() == ["Fail", "Fail"] }
    #expect(load.stop().keys.sorted() == ["other 200"])
    #expect(!registrar.hasEnded)
  }

  @Test(arguments: ControlPlane.Assets.all) func `with the label, the webhook is called for one setting only`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    // A control plane during an upgrade, which is why a new API server is restricted too.
    try context.plane.kubectl(
      "create", "-f", "-",
      input: """
        apiVersion: v1
        kind: Node
        metadata: {name: last, labels: {node-role.kubernetes.io/control-plane: "true"}}
        status: {nodeInfo: {kubeletVersion: v1.27.16+rke2r2}}

        """)
    let (registrar, pod) = try context.run()
    #expect(registrar.errors.text.contains(#""matching":"objectSelector""#))
    #expect(try context.webhooks().allSatisfy { !$0.contains("matchConditions") })
    let load = try Load(on: context.plane)
    try load.more(20)
    // The old object has the label.
    let patch = #"{"metadata":{"labels":{"\#(RegistrationNames.settingLabel)":null}},"value":"x"}"#
    for arguments in [["patch", "--type=merge", "-p", patch], ["delete"]] {
      let run = try context.plane.tryKubectl(arguments + ["settings.harvesterhci.io", "storage-network"])
      #expect(run.exitCode == 1)
      #expect(!run.errors.contains("failed calling webhook"), "\(run.errors)")
    }
    try context.plane.kubectl(
      "patch", "node", "last", "--subresource=status", "--type=merge", "-p",
      #"{"status":{"nodeInfo":{"kubeletVersion":"v1.29.0+rke2r1"}}}"#)
    let once = try context.register("--once")
    #expect(try once.exitCode() == 0, "\(once.errors.text)")
    #expect(try context.webhooks().allSatisfy { $0.contains("matchConditions") == assets.isNew })
    try load.more(20)
    let counts = load.stop()
    #expect(Set(counts.keys) == `Installation`.allGood, "\(counts)")
    #expect(!pod.program.hasEnded && !registrar.hasEnded)
  }

  @Test(arguments: ControlPlane.Assets.all) func `a Secret of cert-manager is used, and no call fails during renewals`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets, .overlay("cert-manager"))
    let registrar = try context.register("--certificates", "external")
    try registrar.errors.waitForLine(with: "Secret harvester-system/storage-network-webhook-tls not found")
    try context.issue(serial: 10)
    try registrar.errors.waitForLine(with: "no serving pod responds")
    try context.mount()
    let pod = try context.startPod()
    context.balancer.use([pod.port])
    try registrar.errors.waitForLine(with: #""message":"registered""#)
    #expect(try context.policies() == ["Fail", "Fail"])
    let load = try Load(on: context.plane)
    try load.more(10)
    // Another CA, which cert-manager writes together with the pair that it has signed; the pods read it later.
    try context.issue(serial: 20)
    try registrar.errors.waitForLine(with: #""message":"written""#, after: 4)
    try load.more(10)
    try context.mount()
    try pod.program.errors.waitForLine(with: "certificate reloaded")
    try load.more(20)
    let counts = load.stop()
    #expect(Set(counts.keys) == `Installation`.allGood, "\(counts)")
    #expect(!registrar.hasEnded)
  }

  @Test(arguments: ControlPlane.Assets.all) func `a missing permission is reported by name at once`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    try context.plane.kubectl("delete", "rolebinding", "storage-network-webhook-registrar", "-n", "harvester-system")
    let clock = ContinuousClock.now
    let once = try context.register("--once")
    #expect(try once.exitCode() == 2)
    #expect(clock.duration(to: .now) < .seconds(5))
    #expect(once.errors.text.contains(#"cannot get resource "secrets" in API group """#), "\(once.errors.text)")
    let registrar = try context.register()
    let port = try LogLine(registrar.errors.waitForLine(with: #""message":"listening""#)).port
    try registrar.errors.waitForLine(with: #""level":"error""#, "cannot get resource")
    let ready = try Program.run("curl", ["--silent", "--noproxy", "*", "http://127.0.0.1:\(port)/readyz"])
    #expect(ready.output.hasPrefix("not registered as desired\n- "))
    #expect(ready.output.contains("cannot get resource"))
    try context.apply(image: "0.1.0")
    try registrar.errors.waitForLine(with: "sign a serving certificate")
  }

  @Test(arguments: ControlPlane.Assets.all)
  func `two registrars, one of them killed repeatedly, keep the desired state`(
    assets: ControlPlane.Assets
  ) throws {
    let context = try InstalledCluster(assets)
    let (registrar, pod) = try context.run()
    let load = try Load(on: context.plane)
    for round in 0..<10 {
      let other = try context.register("--once", "--rotate-ca")
      // Each time after another write.
      _ = try? other.errors.waitForLine(with: #""message":"written""#, after: round % 3)
      other.signal(SIGKILL)
      try load.more(3)
    }
    try context.eventually("the registrar continues") {
      try context.plane.kubectl(
        "get", "secret", "storage-network-webhook-tls", "--namespace", "harvester-system", "-o",
        "jsonpath={.data.next-ca\\.crt}") == ""
    }
    let counts = load.stop()
    #expect(Set(counts.keys) == `Installation`.allGood, "\(counts)")
    #expect(try context.policies() == ["Fail", "Fail"])
    #expect(!pod.program.hasEnded && !registrar.hasEnded)
  }
}

@Suite(
  .serialized,
  .enabled(
    if: !ControlPlane.Assets.all.isEmpty,
    "neither KUBEBUILDER_ASSETS nor KUBEBUILDER_ASSETS_OLD names a folder with etcd and kube-apiserver"))
struct `Overlays` {
  /// Kinds of other projects, with the fields that the manifests need.
  static let foreignKinds = [
    ("cert-manager.io", "v1", "certificates", "Certificate"), ("cert-manager.io", "v1", "issuers", "Issuer"),
    ("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"),
    ("monitoring.coreos.com", "v1", "prometheusrules", "PrometheusRule"),
  ].map { DefinitionFixture(group: $0.0, version: $0.1, plural: $0.2, kind: $0.3) }

  @Test(arguments: ControlPlane.Assets.all)
  func `overlays are applied without a warning, client and server side, and deleted completely`(
    assets: ControlPlane.Assets
  ) throws {
    let plane = try ControlPlane(assets)
    for namespace in ["harvester-system", "cattle-dashboards"] {
      try plane.kubectl("create", "namespace", namespace)
      // Pods that violate the Pod Security Standards cause warnings.
      try plane.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted")
    }
    try plane.kubectl("apply", "-f", "-", input: Self.foreignKinds.map(\.manifest).joined(separator: "---\n"))
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")

    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "manifests"), to: folder.url.appending(path: "manifests"))
    let newer = assets.isNew ? [", ../manifests/components/kubernetes-1.27"] : []
    for overlay in ["self-managed", "cert-manager"] {
      let mine = folder.url.appending(path: overlay)
      try FileManager.default.createDirectory(at: mine, withIntermediateDirectories: true)
      try folder.write(
        """
        resources: [../manifests/overlays/\(overlay)]
        components: [../manifests/components/monitoring\(newer.joined())]

        """, to: "\(overlay)/kustomization.yaml")
      let server = ["apply", "--server-side", "--force-conflicts"]
      for options in [["apply", "--dry-run=server"], ["apply"], ["apply"], server, ["apply"], ["diff"], ["delete"]] {
        let run = try plane.tryKubectl(options + ["-k", mine.path])
        #expect(run.exitCode == 0, "\(overlay): \(run.errors)")
        #expect(run.errors == "", "\(overlay)")
      }
      #expect(try plane.remainingObjects() == [], "\(overlay)")
    }
  }

  @Test(arguments: ControlPlane.Assets.all.filter { $0.has("kube-controller-manager") })
  func `objects of the registrar are deleted with the overlay`(assets: ControlPlane.Assets) throws {
    let context = try InstalledCluster(assets)
    try context.plane.startGarbageCollector()
    let (registrar, _) = try context.run()
    try context.plane.kubectl("delete", "-k", context.folder.path("mine"))
    try context.eventually("every object is deleted") { try context.plane.remainingObjects() == [] }
    // The Deployment is deleted; a registrar that still runs creates nothing.
    try registrar.errors.waitForLine(with: #""message":"not registered as desired""#)
    #expect(try context.plane.remainingObjects() == [])
  }

}

extension ControlPlane {
  /// All objects with the webhook's name, of every kind that the API server has.
  func remainingObjects() throws -> [String] {
    let kinds = try kubectl("api-resources", "--verbs=list", "-o", "name").split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("events") && !$0.hasPrefix("componentstatuses") }
    return try kubectl(
      "get", kinds.joined(separator: ","), "--all-namespaces", "--ignore-not-found", "-o", "name"
    ).split(separator: "\n").map(String.init).filter {
      $0.contains("storage-network") && !$0.hasPrefix("setting.harvesterhci.io/")
    }
  }
}
