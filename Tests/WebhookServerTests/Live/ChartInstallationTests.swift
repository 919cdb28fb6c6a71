import Foundation
import TestSupport
import Testing

/// The chart beside a real API server: each Helm with each Kubernetes.
@Suite(
  .serialized,
  .enabled(
    if: !ControlPlane.Assets.all.isEmpty && !Tools.helms.isEmpty,
    "no Helm (Tests/Tools/install), or neither KUBEBUILDER_ASSETS nor KUBEBUILDER_ASSETS_OLD names a control plane"))
struct `Chart installation` {
  struct Pair: CustomTestStringConvertible, Sendable {
    let helm: String
    let assets: ControlPlane.Assets
    var testDescription: String { "\(helm) and \(assets.path)" }

    static let all = Tools.helms.flatMap { helm in ControlPlane.Assets.all.map { Pair(helm: helm, assets: $0) } }
  }

  @Test(arguments: Pair.all)
  func `no call fails while the chart is upgraded and rolled back under load, and uninstalling leaves nothing`(
    pair: Pair
  ) throws {
    let context = try InstalledCluster(pair.assets, .chart(helm: pair.helm, []))
    if pair.assets.has("kube-controller-manager") { try context.plane.startGarbageCollector() }
    let (registrar, pod) = try context.run()
    #expect(try context.policies() == ["Fail", "Fail"])
    let before = try context.webhooks()
    let image = "jsonpath={.spec.template.spec.containers[0].image} {.spec.replicas}"
    func deployed() throws -> String {
      try context.plane.kubectl(
        "get", "deployment", "storage-network-webhook", "--namespace", "harvester-system", "-o", image)
    }
    let load = try Load(on: context.plane)
    #expect(try deployed() == "storage-network-webhook:0.1.0 2")

    try context.apply(image: "two", "--set", "replicas=3", "--set", "reservedRanges={10.60.0.0/16}")
    #expect(try deployed() == "storage-network-webhook:two 3")
    try load.more(20)
    try context.helm(pair.helm, ["rollback", "guard", "1"])
    #expect(try deployed() == "storage-network-webhook:0.1.0 2")
    try load.more(20)
    // An upgrade that the API server rejects changes nothing that serves.
    #expect(throws: ProgramFailure.self) {
      try context.apply(image: "three", "--set", "tolerations[0].operator=Never")
    }
    try load.more(20)
    try context.helm(pair.helm, ["rollback", "guard"])

    let written = try context.plane.resourceVersions()
    try Kubelet(context).test(with: pair.helm)
    #expect(try context.plane.resourceVersions() == written, "the test writes nothing, and nothing of it is left")
    let counts = load.stop()
    #expect(Set(counts.keys) == `Installation`.allGood, "\(counts)")
    #expect(try context.webhooks() == before, "Helm has no part in the registration")

    try context.helm(pair.helm, ["uninstall", "guard"])
    if pair.assets.has("kube-controller-manager") {
      try context.eventually("nothing is left") { try context.plane.remainingObjects() == [] }
      try registrar.errors.waitForLine(with: #""message":"not registered as desired""#)
      #expect(try context.plane.remainingObjects() == [])
    }
    #expect(!pod.program.hasEnded)
  }

  @Test(arguments: Pair.all) func `the API server accepts the chart with every value without a warning`(pair: Pair)
    throws
  {
    let plane = try ControlPlane(pair.assets)
    for namespace in ["elsewhere", "cattle-dashboards"] {
      try plane.kubectl("create", "namespace", namespace)
      try plane.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted")
    }
    try plane.kubectl("apply", "-f", "-", input: `Overlays`.foreignKinds.map(\.manifest).joined(separator: "---\n"))
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    let values = [
      "image.repository=registry.example/webhook", "image.pullPolicy=Always", "imagePullSecrets[0].name=registry",
      "reservedRanges={10.60.0.0/16}", "sizing=v1.3", "logLevel=debug", "clientCA.configMap=ca",
      "certificates.issuer=cert-manager", "certificates.certManager.issuerRef.name=ours", "monitoring.enabled=true",
      "monitoring.clientCertificateSecret=scraper", "extraLabels.team=storage", "podLabels.team=storage",
      "podAnnotations.team=storage", "nodeSelector.disk=fast", "priorityClassName=", "maxStaleness=60",
    ]
    let target = ["--kubeconfig", plane.folder.path("admin"), "--namespace", "elsewhere"]
    let rendered = try Program.run(
      pair.helm,
      target + ["template", "guard", Repository.path("charts/storage-network-webhook"), "--validate"]
        + values.flatMap { ["--set", $0] })
    #expect(rendered.exitCode == 0, "\(rendered.errors)")
    let run = try plane.tryKubectl(["apply", "-f", "-"], input: rendered.output)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors == "")
  }
}

@Suite(
  .serialized,
  .enabled(
    if: !ControlPlane.Assets.all.isEmpty && !Tools.helms.isEmpty,
    "no Helm (Tests/Tools/install), or neither KUBEBUILDER_ASSETS nor KUBEBUILDER_ASSETS_OLD names a control plane"))
struct `Add-on` {
  /// Harvester's definition, as far as it restricts an add-on.
  static let definition = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: addons.harvesterhci.io}
    spec:
      group: harvesterhci.io
      scope: Namespaced
      names: {plural: addons, singular: addon, kind: Addon, listKind: AddonList}
      versions:
      - name: v1beta1
        served: true
        storage: true
        subresources: {status: {}}
        schema:
          openAPIV3Schema:
            type: object
            required: [spec]
            properties:
              spec:
                type: object
                required: [chart, enabled, repo, valuesContent, version]
                properties:
                  chart: {type: string}
                  enabled: {type: boolean}
                  repo: {type: string}
                  valuesContent: {type: string}
                  version: {type: string}
              status: {type: object, x-kubernetes-preserve-unknown-fields: true}

    """

  /// Harvester creates a HelmChart of the add-on's name in its namespace, and Helm's controller installs that as a release.
  @Test(arguments: `Chart installation`.Pair.all)
  func `the API server accepts the add-on, and its values install the chart`(
    pair: `Chart installation`.Pair
  ) throws {
    let plane = try ControlPlane(pair.assets)
    try plane.kubectl("create", "namespace", "harvester-system")
    try plane.kubectl("apply", "-f", "-", input: Self.definition)
    try plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s")
    let applied = try plane.tryKubectl(["apply", "-f", Repository.path("manifests/addon/addon.yaml")])
    #expect(applied.exitCode == 0, "\(applied.errors)")
    #expect(applied.errors == "")
    func field(_ path: String) throws -> String {
      try plane.kubectl(
        "get", "addons.harvesterhci.io", "storage-network-webhook", "-n", "harvester-system", "-o", "jsonpath={\(path)}"
      )
    }
    #expect(try field(".spec.enabled") == "false")
    let chart = Repository.root.appending(path: "charts/storage-network-webhook")
    #expect(try field(".spec.chart").hasPrefix("oci://"))
    #expect(try field(".spec.chart").hasSuffix("/\(chart.lastPathComponent)"))
    let version = try field(".spec.version")
    #expect(
      try String(contentsOf: chart.appending(path: "Chart.yaml"), encoding: .utf8).contains("\nversion: \(version)\n"))
    try plane.folder.write(field(".spec.valuesContent"), to: "values.yaml")
    let run = try Program.run(
      pair.helm,
      [
        "--kubeconfig", plane.folder.path("admin"), "install", "storage-network-webhook", chart.path, "--namespace",
        "harvester-system", "--values", plane.folder.path("values.yaml"),
      ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(!run.output.contains("WARNING"))
    let image = try plane.kubectl(
      "get", "deployments", "-n", "harvester-system", "-o",
      "jsonpath={.items[*].spec.template.spec.containers[0].image}")
    #expect(Set(image.split(separator: " ")) == ["registry.example/storage-network-webhook:\(version)"])
  }
}

extension ControlPlane {
  /// The webhook's objects and the settings with their versions; Helm's own records are left out.
  fileprivate func resourceVersions() throws -> [String] {
    let kinds = """
      clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,secrets,pods,deployments,services,\
      validatingwebhookconfigurations,mutatingwebhookconfigurations,settings.harvesterhci.io
      """
    let template = #"{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}"#
    return try kubectl("get", kinds, "--all-namespaces", "-o", "jsonpath=\(template)").split(separator: "\n")
      .map(String.init).filter { $0.contains("storage-network") || $0.hasPrefix("Setting/") }.sorted()
  }
}

/// A kubelet that knows one pod, that of `helm test`: it runs this machine's program with the pod's own arguments and
/// permissions, and reports how it ended.
private struct Kubelet {
  let context: InstalledCluster

  init(_ context: InstalledCluster) { self.context = context }

  func test(with helm: String) throws {
    let test = try Program(helm, context.helmOptions + ["test", "guard", "--timeout", "60s"])
    try context.eventually("the test's pod") { try arguments() != [] }
    let token = try context.plane.kubectl(
      "create", "token", "storage-network-webhook-test", "--namespace", "harvester-system")
    try context.plane.folder.write(context.plane.kubeconfig(user: "token: \(token)"), to: "test")
    for (verb, object) in [("get", "settings/storage-network"), ("patch", "settings/other"), ("get", "secrets")] {
      let question = ["auth", "can-i", verb, object, "--namespace", "harvester-system"]
      let answer = try context.plane.tryKubectl(question + ["--as", Self.account]).output
      #expect(answer == "no\n", "\(verb) \(object)")
    }
    let program = try Program(
      Repository.executable, try arguments() + ["--kubeconfig", context.plane.folder.path("test")])
    let exitCode = try program.exitCode()
    #expect(exitCode == 0, "\(program.errors.text)")
    #expect(program.errors.text.contains(#"admission webhook \"storage-network.harvesterhci.io\" denied the request"#))
    try context.plane.kubectl(
      "patch", "pod", "storage-network-webhook-test", "--namespace", "harvester-system", "--subresource=status",
      "--type=merge", "-p", #"{"status":{"phase":"\#(exitCode == 0 ? "Succeeded" : "Failed")"}}"#)
    #expect(try test.exitCode() == 0, "\(test.output.text)\(test.errors.text)")
  }

  private static let account = "system:serviceaccount:harvester-system:storage-network-webhook-test"

  private func arguments() throws -> [String] {
    try context.plane.tryKubectl([
      "get", "pod", "storage-network-webhook-test", "--namespace", "harvester-system", "-o",
      #"jsonpath={range .spec.containers[0].args[*]}{@}{"\n"}{end}"#,
    ]).output.split(separator: "\n").map(String.init)
  }
}
