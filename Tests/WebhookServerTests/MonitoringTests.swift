import Foundation
import KubeClient
import TestSupport
import Testing

@testable import Registrar
@testable import WebhookCore
@testable import WebhookServer

/// Alerts, dashboard and documentation use metrics that exist, and every metric is used.
struct MonitoringTests {
  typealias Family = (name: String, kind: String, help: String)

  /// Every metric family of the server, in its order.
  static let families: [Family] = {
    let state = ServerState()
    state.facts.attach(SharedClusterCache(staleness: .seconds(120)))
    var page = Exposition()
    state.write(to: &page)
    return families(of: page)
  }()

  static let familiesOfRegistrar: [Family] = {
    var page = Exposition()
    RegistrarState().write(to: &page)
    return families(of: page)
  }()

  private static func families(of page: borrowing Exposition) -> [Family] {
    let lines = String(decoding: page.bytes, as: UTF8.self).split(separator: "\n")
    return lines.indices.filter { lines[$0].hasPrefix("# HELP ") }.map { index in
      let words = lines[index].split(separator: " ", maxSplits: 3)
      return (String(words[2]), String(lines[index + 1].split(separator: " ")[3]), String(words[3]))
    }
  }

  @Test
  func `docs/metrics.md lists every metric`() throws {
    let rows = Self.families.map { "| `\($0.name)` | \($0.kind) | \($0.help) |" }
    let known = Set(Self.families.map(\.name))
    let registrar = Self.familiesOfRegistrar.filter { !known.contains($0.name) }.map {
      "| `\($0.name)` | \($0.kind) | \($0.help) |"
    }
    let heading = [
      "", "The registrar shows these, its version and the process's own:", "", "| metric | kind | |",
      "| --- | --- | --- |",
    ]
    let page =
      ([
        "# Metrics", "",
        "What `/metrics` shows, in the text format of Prometheus. A test makes this page from the server itself "
          + "(`UPDATE_GOLDEN=1`).", "", "| metric | kind | |", "| --- | --- | --- |",
      ] + rows + heading + registrar).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try page.write(toFile: Repository.path("docs/metrics.md"), atomically: true, encoding: .utf8)
    }
    #expect(try Repository.text("docs/metrics.md") == page)
    #expect(rows.count > 25)
  }

  @Test(arguments: ["rules.yaml", "tests/alerts.yaml", "dashboard.json"])
  func `alerts and dashboards use only existing metrics`(file: String) throws {
    let names = Set((Self.families + Self.familiesOfRegistrar).map(\.name))
    let text = try Repository.text("manifests/components/monitoring/\(file)")
    let asked = text.matches(of: /(?:storage_network_webhook|process)_[a-z_]+[a-z]/).map { String($0.output) }
    #expect(!asked.isEmpty)
    for name in asked {
      let family = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
      #expect(names.contains(name) || names.contains(family ?? name), "\(name)")
    }
  }

  @Test
  func `each alert has an explanation and a test`() throws {
    let rules = try Repository.text("manifests/components/monitoring/rules.yaml")
    let alerts = rules.matches(of: /- alert: (\w+)/).map { String($0.output.1) }
    let explained = try Repository.text("docs/operate.md").matches(of: /(?m)^### (\w+)$/).map { String($0.output.1) }
    #expect(alerts == explained)
    let runbooks = rules.matches(of: /runbook: (\S+)/).map { String($0.output.1) }
    #expect(runbooks == alerts.map { "docs/operate.md#\($0.lowercased())" })
    let tests = try Repository.text("manifests/components/monitoring/tests/alerts.yaml")
    for alert in alerts {
      #expect(tests.contains("alertname: \(alert)}"), "\(alert) must not fire in a healthy state")
      #expect(tests.contains("alertname: \(alert)\n    exp_alerts:"), "\(alert) must fire in an unhealthy state")
    }
  }

  @Test
  func `the limit that the alert compares is that of the option`() {
    let state = ServerState()
    state.facts.attach(SharedClusterCache(staleness: .seconds(90)))
    var page = Exposition()
    state.write(to: &page)
    let lines = String(decoding: page.bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("storage_network_webhook_watch_max_staleness_seconds 90.0"))
  }

  @Test(.enabled(if: Program.isInstalled("promtool")))
  func `promtool accepts the metrics of a live cluster`() throws {
    let state = ServerState()
    state.facts.attach(SharedClusterCache(staleness: .seconds(120)))
    var page = Exposition()
    state.write(to: &page)
    var registrar = Exposition()
    RegistrarState().write(to: &registrar)
    for page in [page.bytes, registrar.bytes] { try check(String(decoding: page, as: UTF8.self)) }
  }

  private func check(_ text: String) throws {
    let run = try Program.run("promtool", ["check", "metrics"], input: text)
    #expect(run.exitCode == 0)
    #expect(run.output + run.errors == "")
  }

  @Test(.enabled(if: Program.isInstalled("promtool")))
  func `promtool accepts the rules, and each alert fires as specified`() throws {
    let folder = try TemporaryFolder()
    // The resource for the Prometheus operator contains, indented, a file of rules.
    let resource = try Repository.text("manifests/components/monitoring/rules.yaml")
    let spec = try #require(resource.firstRange(of: "\nspec:\n"))
    let rules = resource[spec.upperBound...].split(separator: "\n").map { $0.dropFirst(2) }
    try folder.write(rules.joined(separator: "\n") + "\n", to: "rules.yaml")
    try folder.write(Repository.text("manifests/components/monitoring/tests/alerts.yaml"), to: "alerts.yaml")
    for arguments in [["check", "rules", folder.path("rules.yaml")], ["test", "rules", folder.path("alerts.yaml")]] {
      let run = try Program.run("promtool", arguments)
      #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    }
  }
}
