import Foundation
import TestSupport
import Testing
import WebhookServer

/// What the manifests promise, read from their text; whether an API server takes them is tested beside a real one.
struct ManifestTests {
  static let pods = ["manifests/base/deployment.yaml", "manifests/overlays/self-managed/jobs.yaml"]

  @Test(arguments: pods)
  func `pods run this version's image, without rights`(file: String) throws {
    let text = try Repository.text(file)
    let images = text.matches(of: /image: (\S+)/).map { String($0.output.1) }
    #expect(!images.isEmpty)
    #expect(images.allSatisfy { $0 == "storage-network-webhook:\(Version.current)" })
    for words in [
      "runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "drop: [ALL]",
      "type: RuntimeDefault",
    ] {
      #expect(text.components(separatedBy: words).count - 1 == images.count, "\(words), in every pod")
    }
    #expect(text.contains("runAsUser: 65532"))
    #expect(try Repository.text("Dockerfile").contains("USER 65532:65532"))
  }

  @Test
  func `the kubelet waits longer than the server takes to stop`() throws {
    let text = try Repository.text("manifests/base/deployment.yaml")
    let delay = try number(after: "--drain-delay=", in: text)
    let timeout = try number(after: "--drain-timeout=", in: text)
    #expect(try number(after: "terminationGracePeriodSeconds: ", in: text) > delay + timeout)
    #expect(text.contains("maxUnavailable: 0"))
  }

  @Test
  func `the pods mount the serving pair and not the authority's key`() throws {
    let text = try Repository.text("manifests/base/deployment.yaml")
    let entries = text.matches(of: /- \{key: (\S+), path: (\S+)\}/).map { String($0.output.1) }
    #expect(entries == ["tls.crt", "tls.key"])
    #expect(text.contains("--tls-certificate=/tls/tls.crt"))
    #expect(text.contains("--tls-key=/tls/tls.key"))
  }

  @Test
  func `who makes the certificates may do so, and nothing else`() throws {
    let text = try Repository.text("manifests/overlays/self-managed/roles.yaml")
    let rules = text.matches(of: /resources: \[(.*)\]\n  resourceNames: \[(.*)\]\n  verbs: \[(.*)\]/).map {
      [String($0.output.1), String($0.output.2), String($0.output.3)]
    }
    #expect(
      rules == [
        ["secrets", "storage-network-webhook-tls", "get, update"],
        [
          "validatingwebhookconfigurations, mutatingwebhookconfigurations", "storage-network-webhook", "get, update",
        ],
      ])
    #expect(text.components(separatedBy: "- apiGroups:").count - 1 == rules.count)
  }

  @Test(arguments: ["self-managed", "cert-manager"])
  func `the certificate is for the name by which the API server calls`(overlay: String) throws {
    let service = try Repository.text("manifests/base/service.yaml")
    #expect(service.contains("name: storage-network-webhook\n  namespace: harvester-system"))
    let registration = try Repository.text("manifests/base/webhooks.yaml")
    #expect(registration.contains("name: storage-network-webhook\n      namespace: harvester-system"))
    switch overlay {
    case "self-managed":
      let jobs = try Repository.text("manifests/overlays/self-managed/jobs.yaml")
      for argument in ["--namespace=harvester-system", "--service=storage-network-webhook", "--enforce"] {
        #expect(jobs.components(separatedBy: argument).count - 1 == 2, "\(argument), in the Job and the CronJob")
      }
    default:
      let certificate = try Repository.text("manifests/overlays/cert-manager/certificate.yaml")
      #expect(certificate.contains("- storage-network-webhook.harvester-system.svc\n"))
    }
  }

  private func number(after words: String, in text: String) throws -> Int {
    let rest = try #require(text.firstRange(of: words)).upperBound
    return try #require(Int(text[rest...].prefix { $0.isNumber }))
  }
}

/// Pages that point at something point at something that is there.
struct PageTests {
  static let pages: [String] = {
    let folder = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path("docs"))) ?? []
    return ["README.md", "CHANGELOG.md"] + folder.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()

  @Test
  func `the folder of pages was read`() {
    #expect(Self.pages.contains("docs/operate.md"))
  }

  @Test(arguments: pages)
  func `every link within the repository leads somewhere`(page: String) throws {
    let folder = URL(filePath: Repository.path(page)).deletingLastPathComponent()
    for link in try Repository.text(page).matches(of: /\]\(([^)#]+)(#[^)]*)?\)/) where !link.output.1.contains("://") {
      let target = folder.appending(path: String(link.output.1)).path
      #expect(FileManager.default.fileExists(atPath: target), "\(link.output.1)")
    }
  }

  @Test
  func `the tests that the threat model names exist`() throws {
    let model = try Repository.text("docs/threat-model.md")
    let column = model.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).compactMap {
      $0.split(separator: "|").dropFirst(3).first
    }
    let names = column.flatMap { $0.matches(of: /`([^`\/]+)`/).map { String($0.output.1) } }
    #expect(names.count > 8)
    let files = FileManager.default.enumerator(atPath: Repository.path("Tests"))?.compactMap { $0 as? String } ?? []
    let sources = try files.filter { $0.hasSuffix(".swift") }.map { try Repository.text("Tests/\($0)") }
    for name in names {
      let isThere =
        sources.contains { $0.contains("struct \(name) ") || $0.contains("struct `\(name)`") }
        || files.contains { $0.hasSuffix("/\(name).swift") }
      #expect(isThere, "\(name)")
    }
  }
}
