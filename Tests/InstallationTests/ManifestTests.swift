import Foundation
import Registration
import TestSupport
import Testing
import WebhookCore

/// The properties of the manifests, from their text; tests with a real API server apply them.
struct ManifestTests {
  static let pods = ["manifests/base/deployment.yaml", "manifests/base/registrar.yaml"]

  @Test(arguments: pods)
  func `pods run this version's image without privileges`(file: String) throws {
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
  func `the termination grace period is longer than the drain`() throws {
    let text = try Repository.text("manifests/base/deployment.yaml")
    let delay = try number(after: "--drain-delay=", in: text)
    let timeout = try number(after: "--drain-timeout=", in: text)
    #expect(try number(after: "terminationGracePeriodSeconds: ", in: text) > delay + timeout)
    #expect(text.contains("maxUnavailable: 0"))
  }

  @Test
  func `the pods mount the serving pair and not the CA's key`() throws {
    let text = try Repository.text("manifests/base/deployment.yaml")
    let entries = text.matches(of: /- \{key: (\S+), path: (\S+)\}/).map { String($0.output.1) }
    #expect(entries == ["tls.crt", "tls.key"])
    #expect(text.contains("--tls-certificate=/tls/tls.crt"))
    #expect(text.contains("--tls-key=/tls/tls.key"))
  }

  @Test(arguments: [
    ("manifests/base/registrar-roles.yaml", ["get, watch, update", "get, watch, update"]),
    ("manifests/overlays/cert-manager/kustomization.yaml", ["get, watch"]),
  ])
  func `the registrar may write its own objects and create new ones`(
    file: String, verbs: [String]
  ) throws {
    let text = try Repository.text(file)
    let named = text.matches(of: /resources: \[(.*)\]\n +resourceNames: \[(.*)\]\n +verbs: \[(.*)\]/).map {
      [String($0.output.1), String($0.output.2), String($0.output.3)]
    }
    let own = named.filter { $0[0] == "secrets" || $0[0].hasSuffix("configurations") }
    #expect(own.map { $0[2] } == verbs)
    #expect(own.allSatisfy { $0[1].hasPrefix("storage-network-webhook") })
    // Without resourceNames only creation, and listing nodes.
    let unnamed = text.matches(of: /resources: \[(.*)\]\n +verbs: \[(.*)\]/).map {
      "\($0.output.1): \($0.output.2)"
    }
    #expect(unnamed.allSatisfy { $0.hasSuffix(": create") || $0 == "nodes: list" }, "\(unnamed)")
  }

  @Test
  func `the registrar's default names are those of the manifests, and it has one replica`() throws {
    let text = try Repository.text("manifests/base/registrar.yaml")
    let options = RegistrationOptions()
    for argument in [
      "--namespace=\(options.namespace)", "--secret=\(options.secret)", "--service=\(options.service)",
      "--configuration=\(options.configuration)", "--cluster-role=\(options.clusterRole)", "--certificates=self",
    ] {
      #expect(text.contains("- \(argument)\n"), "\(argument)")
    }
    #expect(text.contains("type: Recreate"))
    #expect(text.contains("replicas: 1\n"))
    let arguments = text.matches(of: /(?m)^        - (\S+)$/).map { String($0.output.1) }
    #expect(arguments[6] == "--certificates=self", "the overlay for cert-manager replaces the seventh")
    #expect(try Repository.text("manifests/base/registrar-roles.yaml").contains("name: \(options.clusterRole)\n"))
    #expect(
      try Repository.text("manifests/overlays/cert-manager/certificate.yaml").contains("- \(options.serverNames[0])\n"))
    let service = try Repository.text("manifests/base/service.yaml")
    #expect(service.contains("name: \(options.service)\n  namespace: \(options.namespace)"))
  }

  @Test(arguments: ["matchConditions", "unhealthyPodEvictionPolicy", "matchLabelKeys"])
  func `the base has only fields that Kubernetes 1.24 knows`(field: String) throws {
    let folder = Repository.path("manifests/base")
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
      #expect(!(try Repository.text("manifests/base/\(file)")).contains("\(field):"), "\(file)")
    }
  }

  private func number(after words: String, in text: String) throws -> Int {
    let rest = try #require(text.firstRange(of: words)).upperBound
    return try #require(Int(text[rest...].prefix { $0.isNumber }))
  }
}

/// The targets of links exist.
struct PageTests {
  static let pages: [String] = {
    let folder = (try? FileManager.default.contentsOfDirectory(atPath: Repository.path("docs"))) ?? []
    let pages = folder.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] + pages
  }()

  @Test
  func `the folder of documentation is not empty`() {
    #expect(Self.pages.contains("docs/operate.md"))
  }

  @Test(arguments: pages)
  func `every link within the repository has a target`(page: String) throws {
    let folder = URL(filePath: Repository.path(page)).deletingLastPathComponent()
    for link in try Repository.text(page).matches(of: /\]\((?<file>[^)#]*)(?:#(?<anchor>[^)]*))?\)/) {
      if link.file.contains("://") { continue }
      let target = link.file.isEmpty ? Repository.path(page) : folder.appending(path: String(link.file)).path
      #expect(FileManager.default.fileExists(atPath: target), "\(link.file)")
      guard let anchor = link.anchor else { continue }
      let anchors = anchors(in: try String(contentsOfFile: target, encoding: .utf8))
      #expect(anchors.contains(String(anchor)), "\(link.output.0)")
    }
  }

  /// The anchors that GitHub and GitLab give to a page's headings.
  private func anchors(in page: String) -> Set<String> {
    Set(
      page.matches(of: /(?m)^#+ (.+)$/).map { heading in
        let words = heading.output.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
        return words.replacing(" ", with: "-")
      })
  }

  @Test
  func `the tests named in the threat model exist`() throws {
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
