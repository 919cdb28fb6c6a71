import Foundation
import TestSupport
import Testing
import WebhookCore

/// The chart, read by the real Helm, every version of it that is there.
@Suite(
  .enabled(
    if: !Tools.helms.isEmpty && Tools.kubectl != nil,
    "no Helm or no kubectl: run Tests/Tools/install, or set HELM and KUBECTL"))
struct `Helm chart` {
  @Test(arguments: Tools.helms) func `the chart renders the overlays' objects, with Helm's labels`(helm: String) throws
  {
    let chart = Chart(helm: helm)
    let plain = try Manifests.kustomize("self-managed")
    #expect(plain.names.count == 15)
    #expect(try chart.manifests(kubernetes: "1.24").differences(from: plain) == [])
    let newer = try Manifests.kustomize("self-managed", "kubernetes-1.27")
    #expect(newer != plain)
    #expect(try chart.manifests(kubernetes: "1.27").differences(from: newer) == [])
    #expect(try chart.manifests(kubernetes: "1.36").differences(from: newer) == [])
    let everything = try Manifests.kustomize("cert-manager", "kubernetes-1.27", "monitoring")
    let settings = ["certificates.issuer=cert-manager", "monitoring.enabled=true"]
    #expect(try chart.manifests(settings[0], settings[1]).differences(from: everything) == [])
  }

  @Test(arguments: Tools.helms) func `helm lint reports nothing`(helm: String) throws {
    // Helm before 3.14 renders for one version only.
    let knowsVersions = try Program.run(helm, ["lint", "--help"]).output.contains("--kube-version")
    for version in knowsVersions ? [["--kube-version", "1.24"], ["--kube-version", "1.36"]] : [[]] {
      let run = try Program.run(helm, ["lint", "--strict"] + version + [Chart.path])
      #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
      #expect(!run.output.contains("WARNING"))
    }
    let old = try Chart(helm: helm).template(kubernetes: "1.23")
    #expect(old.exitCode != 0)
    #expect(old.errors.contains("requires kubeVersion: >=1.24.0-0 which is incompatible with Kubernetes v1.23"))
  }

  /// What is set, and what stands in the rendering only then.
  static let effects: [(settings: String, text: String)] = [
    ("image.repository=registry.example/webhook", "image: \"registry.example/webhook:\(Version.current)\"\n"),
    ("image.tag=mine", "image: \"storage-network-webhook:mine\"\n"),
    ("image.digest=sha256:\(digest)", "image: \"storage-network-webhook@sha256:\(digest)\"\n"),
    ("image.pullPolicy=Always", "imagePullPolicy: \"Always\"\n"),
    ("imagePullSecrets[0].name=registry", "imagePullSecrets:\n      - name: registry\n"),
    ("replicas=3", "  replicas: 3\n"),
    ("resources.limits.memory=1Gi", "memory: 1Gi\n"),
    ("reservedRanges={10.60.0.0/16,10.61.0.0/16}", "- --reserved-range=10.61.0.0/16\n"),
    ("sizing=v1.2", "- --sizing=v1.2\n"),
    ("maxStaleness=10", "- --max-staleness=10\n"),
    ("drainDelay=20", "terminationGracePeriodSeconds: 55\n"),
    ("drainTimeout=60", "- --drain-timeout=60\n"),
    ("logFormat=text", "- --log-format=text\n"),
    ("logLevel=debug", "- --log-level=debug\n"),
    ("extraArgs={--context=other}", "- --context=other\n"),
    ("clientCA.secret=ca", "- --client-ca=/client-ca/ca.crt\n"),
    (
      "clientCA.secret=ca",
      "secretName: \"ca\"\n          items:\n          - {key: \"ca.crt\", path: \"ca.crt\"}\n"
    ),
    (
      "clientCA.configMap=ca,clientCA.key=x.pem",
      "configMap:\n          name: \"ca\"\n          items:\n          - {key: \"x.pem\", path: \"x.pem\"}\n"
    ),
    ("clientCA.configMap=ca,clientCA.key=x.pem", "tcpSocket: {port: https}\n"),
    ("certificates.issuer=external", "- --certificates=external\n"),
    ("certificates.issuer=cert-manager", "secretName: storage-network-webhook-authority\n"),
    ("certificates.issuer=cert-manager,certificates.certManager.issuerRef.name=ours", "issuerRef:\n    name: ours\n"),
    ("certificates.issuer=cert-manager,certificates.certManager.duration=720h", "duration: \"720h\"\n"),
    ("registrar.replicas=0", "  replicas: 0\n"),
    ("registrar.resources.limits.memory=256Mi", "memory: 256Mi\n"),
    ("registrar.extraArgs={--probe-url=https://a:1}", "- --probe-url=https://a:1\n"),
    ("monitoring.enabled=true", "kind: PrometheusRule\n"),
    ("monitoring.enabled=true,monitoring.interval=10s", "interval: \"10s\"\n"),
    ("monitoring.enabled=true,monitoring.labels.release=prometheus", "release: prometheus\n"),
    ("monitoring.enabled=true,monitoring.dashboardNamespace=grafana", "namespace: \"grafana\"\n"),
    ("monitoring.enabled=true,monitoring.clientCertificateSecret=scraper", "keySecret:\n        name: \"scraper\"\n"),
    ("hostNetwork=true", "hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet\n"),
    ("port=9443", "- {port: 9443, protocol: TCP}\n"),
    ("extraLabels.team=storage", "team: storage\n"),
    ("podLabels.team=storage", "team: storage\n"),
    ("podAnnotations.team=storage", "annotations:\n        team: storage\n"),
    ("nodeSelector.disk=fast", "nodeSelector:\n        disk: fast\n"),
    ("affinity.nodeAffinity.x=y", "affinity:\n        nodeAffinity:\n          x: \"y\"\n"),
    ("tolerations[0].operator=Exists", "tolerations:\n      - operator: Exists\n"),
    ("priorityClassName=mine", "priorityClassName: \"mine\"\n"),
  ]
  private static let digest = String(repeating: "ab", count: 32)

  @Test(arguments: effects) func `a value has its effect`(_ row: (settings: String, text: String)) throws {
    for helm in Tools.helms {
      let chart = Chart(helm: helm)
      let run = try chart.template([row.settings])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.output.replacing("x: y", with: "x: \"y\"").contains(row.text), "\(row.settings)")
      #expect(!(try chart.template()).output.contains(row.text), "it stands there without \(row.settings) too")
    }
  }

  /// What is taken away.
  @Test(arguments: [
    ("networkPolicy.enabled=false", "kind: NetworkPolicy\n"), ("replicas=1", "kind: PodDisruptionBudget\n"),
    ("priorityClassName=", "priorityClassName"), ("priorityClassName=null", "priorityClassName"),
    ("tolerations=null", "tolerations:"), ("resources=null,registrar.resources=null", "resources:\n          "),
    ("resources.limits.memory=null", "memory: 512Mi"),
    (
      "clientCA.secret=ca",
      "path: /readyz}\n          periodSeconds: 3\n          timeoutSeconds: 3\n          failureThreshold: 2"
    ),
    ("certificates.issuer=external", "verbs: [get, watch, update]\n- apiGroups: [\"\"]"),
    ("hostNetwork=true", "maxUnavailable: 0\n"),
  ]) func `a value removes its part`(settings: String, text: String) throws {
    for helm in Tools.helms {
      let chart = Chart(helm: helm)
      let run = try chart.template([settings])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(!run.output.contains(text))
      #expect(try chart.template().output.contains(text))
    }
  }

  /// Helm removes a null where it stands for a default of the chart. Elsewhere the chart does: an object with a null is invalid.
  @Test(arguments: Tools.helms) func `a null leaves the default`(helm: String) throws {
    let chart = Chart(helm: helm)
    let run = try chart.template(
      [
        "resources.limits.cpu", "registrar.resources.requests.storage", "podLabels.team", "podAnnotations.team",
        "extraLabels.team", "nodeSelector.disk", "affinity", "global", "reservedRanges", "extraArgs", "image.tag",
        "image.digest", "image.pullPolicy", "imagePullSecrets", "clientCA.secret", "registrar.extraArgs",
        "certificates.certManager.issuerRef", "monitoring.labels", "monitoring.clientCertificateSecret",
      ].map { "\($0)=null" })
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try run.output == chart.template().output)
    #expect(try chart.template(["podLabels=null", "podAnnotations=null"]).output == run.output)
  }

  @Test(arguments: Tools.helms) func `names that look like numbers stay strings`(helm: String) throws {
    let settings = [
      "priorityClassName=101", "clientCA.secret=102", "imagePullSecrets[0].name=103",
      "monitoring.dashboardNamespace=104",
      "monitoring.clientCertificateSecret=105", "extraLabels.a=106", "podLabels.a=107", "podAnnotations.a=108",
      "nodeSelector.a=109", "image.tag=110", "monitoring.labels.a=111", "clientCA.key=112",
      "certificates.certManager.issuerRef.name=113",
    ]
    let run = try Program.run(
      helm,
      [
        "template", "114", Chart.path, "--namespace", "115", "--set", "monitoring.enabled=true", "--set",
        "certificates.issuer=cert-manager",
      ] + settings.flatMap { ["--set-string", $0] })
    try #require(run.exitCode == 0, "\(run.errors)")
    let objects = try Manifests.objects(run.output)
    #expect(objects.count > 20)
    var strings: Set<String> = []
    func visit(_ value: Any) {
      switch value {
      case let object as [String: Any]: for member in object.values { visit(member) }
      case let array as [Any]: for element in array { visit(element) }
      case let string as String: strings.insert(string)
      case let number as NSNumber: #expect(!(101...115).contains(number.intValue), "\(number)")
      default: break
      }
    }
    for object in objects { visit(object) }
    for number in 101...115 where number != 110 { #expect(strings.contains("\(number)"), "\(number)") }
    #expect(strings.contains("storage-network-webhook:110"))
  }

  /// The test of the release has an account of its own, during the test only.
  @Test(arguments: Tools.helms) func `helm test may patch the setting and nothing else`(helm: String) throws {
    let run = try Chart(helm: helm).template()
    let hooks = try Manifests.objects(run.output).filter {
      (($0["metadata"] as? [String: Any])?["annotations"] as? [String: String])?["helm.sh/hook"] == "test"
    }
    #expect(
      Set(hooks.compactMap { $0["kind"] as? String }) == ["Pod", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"])
    #expect(
      try #require(hooks.first { $0["kind"] as? String == "ClusterRole" })["rules"] as? NSArray == [
        [
          "apiGroups": ["harvesterhci.io"], "resources": ["settings"], "resourceNames": ["storage-network"],
          "verbs": ["patch"],
        ]
      ])
    let pod = try #require(hooks.first { $0["kind"] as? String == "Pod" })["spec"] as? [String: Any]
    #expect(pod?["serviceAccountName"] as? String == "storage-network-webhook-test")
    let container = (pod?["containers"] as? [[String: Any]])?.first
    #expect(container?["args"] as? [String] == ["register", "--test"])
  }

  /// What is set wrongly, and the words by which the message names the value.
  @Test(arguments: [
    ("replicas=0", "/replicas"), ("replicas=two", "/replicas"), ("reservedRanges={10.60.0.0}", "/reservedRanges/0"),
    ("image.digst=x", "digst"), ("image.digest=sha256:12", "/image/digest"), ("logLevel=verbose", "/logLevel"),
    ("sizing=v1.4", "/sizing"), ("certificates.issuer=acme", "/certificates/issuer"), ("port=443", "/port"),
    ("certificates.certManager.issuerRef.kind=Issuer", "/certificates/certManager/issuerRef"),
    ("registrar.replicas=2", "/registrar/replicas"), ("extraArgs={context}", "/extraArgs/0"),
    ("resources.limit.memory=1Gi", "limit"), ("podLabels.a=1", "/podLabels/a"), ("unknown=1", "unknown"),
    ("maxStaleness=9", "/maxStaleness"), ("extraArgs=--context=other", "/extraArgs"),
    ("extraArgs={--context other}", "/extraArgs/0"), ("reservedRanges={10.60.0.0/33}", "/reservedRanges/0"),
    ("reservedRanges={10.60.0.256/24}", "/reservedRanges/0"), ("podLabels.a b=x", "podLabels"),
    ("podLabels.team=not a label", "/podLabels/team"),
    ("podLabels.app\\.kubernetes\\.io/name=x", "podLabels: must not have app.kubernetes.io/name, which the chart sets"),
    ("extraLabels.helm\\.sh/chart=x", "extraLabels: must not have helm.sh/chart"),
    ("nodeSelector.disk=a b", "/nodeSelector/disk"),
    ("podAnnotations.a b=x", "podAnnotations"), ("priorityClassName=1000", "/priorityClassName"),
    ("clientCA.secret=a_b", "/clientCA/secret"), ("replicas=null", "replicas"), ("port=null", "port"),
    ("logFormat=null", "logFormat"), ("image=null", "image"), ("clientCA.key=null", "key"),
    ("networkPolicy.enabled=null", "enabled"), ("registrar.replicas=null", "replicas"),
    ("clientCA.secret=a,clientCA.configMap=b", "must name a Secret or a ConfigMap, not both"),
  ]) func `an invalid value is reported by name`(settings: String, words: String) throws {
    for helm in Tools.helms {
      let run = try Chart(helm: helm).template([settings])
      #expect(run.exitCode != 0)
      #expect(run.output == "")
      // Helm 3 writes a.b.0, Helm 4 /a/b/0.
      let spellings: [String] = [words, String(words.dropFirst()).replacing("/", with: ".")]
      #expect(spellings.contains { run.errors.contains($0) }, "\(run.errors)")
    }
  }

  @Test(arguments: Tools.helms) func `every object and flag uses the release's namespace`(helm: String) throws {
    let run = try Program.run(
      helm,
      [
        "template", "guard", Chart.path, "--namespace", "elsewhere", "--set", "monitoring.enabled=true", "--set",
        "certificates.issuer=cert-manager",
      ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(!run.output.contains("harvester-system"))
    #expect(run.output.contains("- --namespace=elsewhere\n"))
    #expect(run.output.contains("serverName: storage-network-webhook.elsewhere.svc\n"))
    #expect(run.output.contains("app.kubernetes.io/instance: \"guard\"\n"))
  }
}

/// What the chart's files say, without Helm.
struct ChartFileTests {
  @Test(arguments: ["rules.yaml", "dashboard.json"]) func `alerts and dashboard equal those of the component`(
    file: String
  ) throws {
    let original = try Repository.text("manifests/components/monitoring/\(file)")
    let copy = "charts/storage-network-webhook/files/\(file)"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try original.write(toFile: Repository.path(copy), atomically: true, encoding: .utf8)
    }
    #expect(try Repository.text(copy) == original)
  }

  @Test func `every value has a comment and a schema`() throws {
    let values = try Repository.text("charts/storage-network-webhook/values.yaml").split(
      separator: "\n", omittingEmptySubsequences: false)
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: Repository.root.appending(path: "charts/storage-network-webhook/values.schema.json")))
    let known = ((schema as? [String: Any])?["properties"] as? [String: Any]).map { Set($0.keys) } ?? []
    let top = values.compactMap { $0.firstMatch(of: /^([A-Za-z]+):/).map { String($0.output.1) } }
    #expect(Set(top).union(["global"]) == known)
    #expect(top.count == Set(top).count)
    for (number, line) in values.enumerated() where line.firstMatch(of: /^[A-Za-z]+:/) != nil {
      // A group's comments stand at its values; neighbours may share one.
      let block = values[..<number].reversed().prefix { !$0.isEmpty }
      let isExplained = block.contains { $0.hasPrefix("#") } || values[number + 1].hasPrefix("  #")
      #expect(isExplained, "\(line)")
    }
  }
}
