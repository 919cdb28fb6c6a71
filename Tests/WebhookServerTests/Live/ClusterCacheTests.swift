import Foundation
import TestSupport
import Testing

@Suite(
  .serialized,
  .enabled(if: ControlPlane.isAvailable, "KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver"),
  LiveClusterTrait())
struct `Webhook with a real API server` {
  let context: LiveCluster

  init() throws {
    context = try #require(LiveCluster.current)
    try context.reset()
  }

  @Test func `an invalid value is denied with its reasons as bullets`() throws {
    let run = try context.write(#"{"vlan":4095,"clusterNetwork":"storage","range":"192.168.0.1/24"}"#)
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("The Setting \"storage-network\" is invalid: \n"))
    #expect(run.errors.contains("\n* value.vlan: "))
    #expect(run.errors.contains("\n* value.range: "))
    #expect(try context.stored == "")
  }

  @Test func `one reason is printed on one line, as docs/messages.md shows it`() throws {
    let run = try context.write(#"{"vlan":4095,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#)
    #expect(
      run.errors == """
        The Setting "storage-network" is invalid: value.vlan: Invalid value: 4095: must be between 1 and 4094, or 0 for \
        untagged

        """)
  }

  @Test func `a valid value is stored in its canonical spelling, and another spelling changes nothing`() throws {
    let run = try context.write(
      #"{ "range":"192.168.0.0/24", "vlan":100, "clusterNetwork":"storage", "exclude":null }"#)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try context.stored == LiveCluster.good)
    let version = try context.plane.kubectl(
      "get", "setting", "storage-network", "-o", "jsonpath={.metadata.resourceVersion}")
    let again = try context.write(
      #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24","exclusiveVlan":false}"#)
    #expect(again.exitCode == 0)
    #expect(again.output.contains("(no change)"))
    #expect(
      try context.plane.kubectl("get", "setting", "storage-network", "-o", "jsonpath={.metadata.resourceVersion}")
        == version)
  }

  @Test func `a warning is shown with an allowed change`() throws {
    let run = try context.write(
      #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24","rangeV6":"fd00::/64"}"#)
    #expect(run.exitCode == 0)
    #expect(run.errors.contains("Warning: "))
  }

  @Test func `a dry run is evaluated as the change itself and stores nothing`() throws {
    #expect(try context.write(LiveCluster.bad, "--dry-run=server").exitCode == 1)
    #expect(try context.write(LiveCluster.good, "--dry-run=server").exitCode == 0)
    #expect(try context.stored == "")
  }

  @Test func `the setting cannot be deleted`() throws {
    let run = try context.plane.tryKubectl(["delete", "setting", "storage-network"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("storage-network"))
    #expect(try context.stored == "")
  }

  @Test func `kubectl apply calls the webhook`() throws {
    func apply(_ value: String) throws -> Program.Run {
      try context.plane.tryKubectl(
        ["apply", "--server-side", "--force-conflicts", "-f", "-"],
        input: """
          apiVersion: harvesterhci.io/v1beta1
          kind: Setting
          metadata: {name: storage-network}
          value: '\(value)'

          """)
    }
    let denied = try apply(LiveCluster.bad)
    #expect(denied.exitCode == 1)
    #expect(denied.errors.hasPrefix("The Setting \"storage-network\" is invalid: value.range: "))
    #expect(try apply(LiveCluster.good).exitCode == 0)
    #expect(try context.stored == LiveCluster.good)
  }

  @Test func `kubectl edit reopens the file with the reasons`() throws {
    let folder = try TemporaryFolder()
    // The first time it writes an invalid range; the second time it leaves the file unchanged, so kubectl gives up.
    try folder.write(
      """
      #!/bin/sh
      if [ -e '\(folder.path("edited"))' ]; then
        cp "$1" '\(folder.path("shown"))'
      else
        touch '\(folder.path("edited"))'
        sed 's|^value:.*|value: '"'"'\(LiveCluster.bad)'"'"'|' "$1" > "$1.new" && cat "$1.new" > "$1"
      fi

      """, to: "editor")
    _ = try Program.run("chmod", ["+x", folder.path("editor")])
    _ = try context.plane.tryKubectl(
      ["edit", "settings.harvesterhci.io", "storage-network"],
      environment: ["KUBE_EDITOR=\(folder.path("editor"))", "TMPDIR=\(folder.url.path)"])
    let shown = String(decoding: try folder.read("shown"), as: UTF8.self)
    #expect(
      shown.contains("# settings.harvesterhci.io \"storage-network\" was not valid:\n# * value.range: "), "\(shown)")
  }

  @Test func `a status update is allowed while machines run, and keeps the value`() throws {
    #expect(try context.write(LiveCluster.good).exitCode == 0)
    try context.startMachine("web-1")
    try context.eventually("the machine is listed") { try context.write("", "--dry-run=server").exitCode == 1 }
    let run = try context.plane.tryKubectl(
      ["apply", "--server-side", "--field-manager=harvester-network", "-f", "-"],
      input: """
        apiVersion: harvesterhci.io/v1beta1
        kind: Setting
        metadata: {name: storage-network, annotations: {storage-network.settings.harvesterhci.io/hash: abc}}
        status: {conditions: [{type: configured, status: "True", reason: Completed}]}

        """)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try context.stored == LiveCluster.good)
  }

  @Test func `a machine that starts or stops is noticed within a second`() throws {
    let review = try ExampleReview.text("update-set-value")
    // The minimum of three, because the machine may be busy.
    var waits: [Duration] = []
    for number in 0..<3 {
      try context.startMachine("web-\(number)")
      waits.append(
        try ContinuousClock().measure {
          try context.eventually("the change is seen") { try !context.server.validate(review).isAllowed }
        })
      try context.stopMachine("web-\(number)")
      waits.append(
        try ContinuousClock().measure {
          try context.eventually("the deletion is seen") { try context.server.validate(review).isAllowed }
        })
    }
    #expect(waits.sorted()[2] < .seconds(1))
  }

  @Test func `check lists the same cluster once`() throws {
    func check(_ value: String) throws -> Program.Run {
      try Program.run(
        Repository.executable, ["check", "--kubeconfig", context.plane.folder.path("webhook"), "--value", value])
    }
    #expect(try check(LiveCluster.good).exitCode == 0)
    try context.startMachine("web-1")
    let run = try check(LiveCluster.good)
    #expect(run.exitCode == 1)
    #expect(run.output.contains("default/web-1"))
  }

  @Test func `readiness and metrics show every kind`() throws {
    let ready = try context.server.fetch("/readyz")
    #expect(ready.status == 200)
    let metrics = try context.server.fetch("/metrics").body
    for fixture in DefinitionFixture.all {
      #expect(ready.body.contains("\n\(fixture.name): synced (last contact "))
      #expect(metrics.contains(#"storage_network_webhook_watch_status{resource="\#(fixture.name)",state="synced"} 1"#))
    }
  }

  @Test func `reviews are unavailable after an API server outage, and available again when it is back`() throws {
    try context.plane.killAPIServer()
    let review = try ExampleReview.text("update-set-value")
    #expect(try context.server.validate(review).isAllowed)
    try context.eventually("the watch is stale") { try context.server.fetch("/readyz").status == 503 }
    let verdict = try context.server.validate(review)
    #expect(verdict.code == 503)
    #expect(verdict.message?.contains("watch data is stale") == true)
    try context.plane.startAPIServer()
    let ready = ContinuousClock.now
    try context.eventually("reviews get verdicts") { try context.server.validate(review).code != 503 }
    #expect(ready.duration(to: .now) < .seconds(3))
    try context.server.waitUntilReady()
    try context.startMachine("web-1")
    try context.eventually("the machine is listed") { try context.server.validate(review).code == 422 }
  }

  @Test func `an uninstalled optional kind has no objects, and is watched again when it is back`() throws {
    let fixture = try #require(DefinitionFixture.all.first { $0.name == "ippools.network.harvesterhci.io" })
    try context.plane.kubectl("delete", "customresourcedefinition", fixture.name)
    try context.eventually("the kind is not installed") {
      try context.server.fetch("/readyz").body.contains("\n\(fixture.name): notInstalled (last contact ")
    }
    #expect(try context.server.validate(ExampleReview.text("update-set-value")).isAllowed)
    try context.plane.kubectl("apply", "-f", "-", input: fixture.manifest)
    try context.eventually("the kind is installed") {
      try context.server.fetch("/readyz").body.contains("\n\(fixture.name): synced (last contact ")
    }
  }

  @Test func `a mandatory kind that is not found is unknown, not empty`() throws {
    let fixture = try #require(DefinitionFixture.all.first { $0.plural == "virtualmachineinstances" })
    let review = try ExampleReview.text("update-set-value")
    try context.plane.kubectl("delete", "customresourcedefinition", fixture.name)
    try context.eventually("the facts are stale") { try context.server.validate(review).code == 503 }
    #expect(try context.server.fetch("/readyz").body.contains("\n\(fixture.name): synced (last contact "))
    try context.plane.kubectl("apply", "-f", "-", input: fixture.manifest)
    try context.plane.kubectl("wait", "--for=condition=Established", "customresourcedefinition", fixture.name)
    try context.startMachine("web-2")
    try context.eventually("the kind is installed") {
      try context.server.validate(review).message?.contains("web-2") == true
    }
  }

  @Test func `a removed permission is reported until it is restored`() throws {
    let binding = Repository.path("manifests/base/cluster-role-binding.yaml")
    try context.plane.kubectl("delete", "-f", binding)
    try context.eventually("the missing permission is reported") {
      try context.server.fetch("/readyz").body.contains("must be allowed to watch ")
    }
    #expect(try context.server.validate(ExampleReview.text("update-set-value")).code == 503)
    try context.plane.kubectl("apply", "-f", binding)
    try context.server.waitUntilReady()
  }
}
