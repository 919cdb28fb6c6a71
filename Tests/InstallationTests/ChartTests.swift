import Foundation
import TestSupport
import Testing
import WebhookServer

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
    ("image.repository=registry.example/webhook", "image: registry.example/webhook:\(Version.current)\n"),
    ("image.tag=mine", "image: storage-network-webhook:mine\n"),
    ("image.digest=sha256:\(digest)", "image: storage-network-webhook@sha256:\(digest)\n"),
    ("image.pullPolicy=Always", "imagePullPolicy: Always\n"),
    ("imagePullSecrets[0].name=registry", "imagePullSecrets:\n      - name: registry\n"),
    ("replicas=3", "  replicas: 3\n"),
    ("resources.limits.memory=1Gi", "memory: 1Gi\n"),
    ("reservedRanges={10.60.0.0/16,10.61.0.0/16}", "- --reserved-range=10.61.0.0/16\n"),
    ("sizing=v1.2", "- --sizing=v1.2\n"),
    ("maxStaleness=60", "- --max-staleness=60\n"),
    ("drainDelay=20", "terminationGracePeriodSeconds: 55\n"),
    ("drainTimeout=60", "- --drain-timeout=60\n"),
    ("logFormat=text", "- --log-format=text\n"),
    ("logLevel=debug", "- --log-level=debug\n"),
    ("extraArgs={--context=other}", "- --context=other\n"),
    ("clientCA.secret=ca", "- --client-ca=/client-ca/ca.crt\n"),
    ("clientCA.configMap=ca", "configMap:\n          name: ca\n"),
    ("clientCA.configMap=ca,clientCA.key=x.pem", "tcpSocket: {port: https}\n"),
    ("certificates.issuer=external", "- --certificates=external\n"),
    ("certificates.issuer=cert-manager", "secretName: storage-network-webhook-authority\n"),
    ("certificates.issuer=cert-manager,certificates.certManager.issuerRef.name=ours", "issuerRef:\n    name: ours\n"),
    ("certificates.issuer=cert-manager,certificates.certManager.duration=720h", "duration: 720h\n"),
    ("registrar.replicas=0", "  replicas: 0\n"),
    ("registrar.resources.limits.memory=256Mi", "memory: 256Mi\n"),
    ("registrar.extraArgs={--probe-url=https://a:1}", "- --probe-url=https://a:1\n"),
    ("monitoring.enabled=true", "kind: PrometheusRule\n"),
    ("monitoring.enabled=true,monitoring.interval=10s", "interval: 10s\n"),
    ("monitoring.enabled=true,monitoring.labels.release=prometheus", "release: prometheus\n"),
    ("monitoring.enabled=true,monitoring.dashboardNamespace=grafana", "namespace: grafana\n"),
    ("monitoring.enabled=true,monitoring.clientCertificateSecret=scraper", "keySecret:\n        name: scraper\n"),
    ("hostNetwork=true", "hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet\n"),
    ("port=9443", "- {port: 9443, protocol: TCP}\n"),
    ("extraLabels.team=storage", "team: storage\n"),
    ("podLabels.team=storage", "team: storage\n"),
    ("podAnnotations.team=storage", "annotations:\n        team: storage\n"),
    ("nodeSelector.disk=fast", "nodeSelector:\n        disk: fast\n"),
    ("affinity.nodeAffinity.x=y", "affinity:\n        nodeAffinity:\n          x: \"y\"\n"),
    ("tolerations[0].operator=Exists", "tolerations:\n      - operator: Exists\n"),
    ("priorityClassName=mine", "priorityClassName: mine\n"),
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
    ("priorityClassName=", "priorityClassName"), ("tolerations=null", "tolerations:"),
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

  /// What is set wrongly, and the words by which the message names the value.
  @Test(arguments: [
    ("replicas=0", "/replicas"), ("replicas=two", "/replicas"), ("reservedRanges={10.60.0.0}", "/reservedRanges/0"),
    ("image.digst=x", "digst"), ("image.digest=sha256:12", "/image/digest"), ("logLevel=verbose", "/logLevel"),
    ("sizing=v1.4", "/sizing"), ("certificates.issuer=acme", "/certificates/issuer"), ("port=443", "/port"),
    ("certificates.certManager.issuerRef.kind=Issuer", "/certificates/certManager/issuerRef"),
    ("registrar.replicas=2", "/registrar/replicas"), ("extraArgs={context}", "/extraArgs/0"),
    ("resources.limit.memory=1Gi", "limit"), ("podLabels.a=1", "/podLabels/a"), ("unknown=1", "unknown"),
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
    #expect(run.output.contains("app.kubernetes.io/instance: guard\n"))
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
