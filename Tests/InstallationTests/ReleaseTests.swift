import Foundation
import TestSupport
import Testing
import WebhookCore

/// What `make dist` makes without the compiler. `release/twice` compares whole builds.
@Suite(
  .enabled(
    if: Tools.kubectl != nil && Program.isInstalled("git"), "no kubectl (Tests/Tools/install), or no git"))
struct `Release files` {
  /// The working tree as it is, in one commit of a repository of its own: neither uncommitted changes nor HEAD matter.
  let repository: TemporaryFolder

  init() throws {
    repository = try TemporaryFolder()
    let script = """
      git init --quiet --bare "$1" && export GIT_DIR="$1" GIT_WORK_TREE="$2" && git config core.bare false &&
      git add --all && git -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false commit --quiet --message t
      """
    let run = try Program.run("sh", ["-c", script, "sh", repository.url.path, Repository.root.path])
    try #require(run.exitCode == 0, "\(run.errors)")
  }

  /// Clones the commit; archives of the program are played.
  private func clone(to folder: URL, umask: String = "022") throws {
    let clone = try Program.run(
      "sh",
      [
        "-c", #"umask "$1" && git clone --quiet "$2" "$3" && mkdir "$3/dist""#, "sh", umask, repository.url.path,
        folder.path,
      ])
    try #require(clone.exitCode == 0, "\(clone.errors)")
    let commit = try Program.run("git", ["-C", folder.path, "rev-parse", "HEAD"]).output.prefix(40)
    for processor in ["amd64", "arm64"] {
      let archive = "dist/storage-network-webhook-\(Version.current)-linux-\(processor)"
      for (ending, text) in [
        ("tar.gz", processor), ("spdx.json", #"{"sourceInfo": "built from git commit \#(commit)"}"#),
      ] {
        try text.write(to: folder.appending(path: "\(archive).\(ending)"), atomically: false, encoding: .utf8)
      }
    }
  }

  private func run(_ step: String, in folder: URL, _ variables: String...) throws -> Program.Run {
    try Program.run(
      "env",
      [
        "KUBECTL=\(Tools.kubectl ?? "")", "IMAGE_REPOSITORY=registry.example/webhook",
        "CHART_REGISTRY=oci://charts.example/mine", "DOWNLOAD_URL=https://downloads.example",
      ] + variables + [folder.appending(path: "release/\(step)").path])
  }

  private func pack(in folder: URL, umask: String) throws {
    try clone(to: folder, umask: umask)
    for step in ["files", "index"] {
      let run = try run(step, in: folder)
      try #require(run.exitCode == 0, "\(run.errors)")
      #expect(run.errors == "")
    }
  }

  @Test func `KUBECTL names the program that renders the manifests`() throws {
    let folder = repository.url.appending(path: "clone")
    try clone(to: folder)
    try repository.write("#!/bin/sh\necho \"rendered: $*\"\n", to: "mine")
    _ = try Program.run("chmod", ["+x", repository.path("mine")])
    let mine = try run("files", in: folder, "KUBECTL=\(repository.path("mine"))")
    #expect(mine.exitCode == 0, "\(mine.errors)")
    let manifests = folder.appending(path: "dist/install-self-managed.yaml")
    #expect(
      try String(contentsOf: manifests, encoding: .utf8) == "rendered: kustomize manifests/overlays/self-managed\n")
    let missing = try run("files", in: folder, "KUBECTL=/nowhere/kubectl")
    #expect(missing.exitCode != 0)
    #expect(missing.errors.contains("/nowhere/kubectl"))
  }

  @Test func `checksums leave out other versions' files, and an archive of another commit is an error`() throws {
    let folder = repository.url.appending(path: "clone")
    try clone(to: folder)
    let name = "storage-network-webhook-\(Version.current)"
    func write(_ text: String, to file: String) throws {
      try text.write(to: folder.appending(path: "dist/\(file)"), atomically: false, encoding: .utf8)
    }
    for stale in [
      "storage-network-webhook-0.0.1-linux-amd64.tar.gz", "\(name)-rc1.tgz", "SHA256SUMS.sigstore.json", "notes",
    ] { try write("stale", to: stale) }
    try write("{}", to: "\(name)-image-arm64.spdx.json")
    let good = try run("index", in: folder)
    #expect(good.exitCode == 0, "\(good.errors)")
    let sums = try String(contentsOf: folder.appending(path: "dist/SHA256SUMS"), encoding: .utf8)
    #expect(
      sums.split(separator: "\n").map { String($0.dropFirst(66)) } == [
        "\(name)-image-arm64.spdx.json", "\(name)-linux-amd64.spdx.json", "\(name)-linux-amd64.tar.gz",
        "\(name)-linux-arm64.spdx.json", "\(name)-linux-arm64.tar.gz", "storage-network.yaml",
      ])

    try write(#"{"sourceInfo": "built from git commit 0123"}"#, to: "\(name)-linux-arm64.spdx.json")
    let bad = try run("index", in: folder)
    #expect(bad.exitCode == 1)
    #expect(bad.errors.contains("dist/\(name)-linux-arm64.tar.gz is not of commit "), "\(bad.errors)")
  }

  @Test func `release files have the same bytes in every folder`() throws {
    let folder = try TemporaryFolder()
    let (one, two) = (folder.url.appending(path: "one"), folder.url.appending(path: "another/place"))
    try pack(in: one, umask: "022")
    try pack(in: two, umask: "077")
    let difference = try Program.run("diff", ["--recursive", "--brief", one.path + "/dist", two.path + "/dist"])
    #expect(difference.exitCode == 0, "\(difference.output)")

    let dist = one.appending(path: "dist")
    let names = try FileManager.default.contentsOfDirectory(atPath: dist.path).sorted()
    let name = "storage-network-webhook-\(Version.current)"
    #expect(
      names == [
        "SHA256SUMS", "addon.yaml", "install-cert-manager.yaml", "install-self-managed.yaml",
        "\(name)-linux-amd64.spdx.json", "\(name)-linux-amd64.tar.gz", "\(name)-linux-arm64.spdx.json",
        "\(name)-linux-arm64.tar.gz", "\(name).tgz", "storage-network.yaml",
      ])
    let check = try Program.run("sh", ["-c", "cd '\(dist.path)' && sha256sum --check --strict SHA256SUMS"])
    #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
    #expect(check.output.split(separator: "\n").count == names.count - 1)
    func text(_ file: String) throws -> String { try String(contentsOf: dist.appending(path: file), encoding: .utf8) }

    let images = try text("install-self-managed.yaml").matches(of: /image: (\S+)/).map { String($0.output.1) }
    #expect(images == Array(repeating: "registry.example/webhook:\(Version.current)", count: 2))
    #expect(try text("addon.yaml").contains("chart: oci://charts.example/mine/storage-network-webhook\n"))
    #expect(try text("addon.yaml").contains("repository: registry.example/webhook\n"))
    let krew = try text("storage-network.yaml")
    for processor in ["amd64", "arm64"] {
      let sum = try Program.run("sha256sum", ["\(dist.path)/\(name)-linux-\(processor).tar.gz"]).output.prefix(64)
      #expect(
        krew.contains(
          "arch: \(processor)\n    uri: https://downloads.example/\(name)-linux-\(processor).tar.gz\n    sha256: \(sum)\n"
        ))
    }
    for helm in Tools.helms {
      let run = try Program.run(helm, ["template", "t", "\(dist.path)/\(name).tgz"])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.output.contains("image: \"registry.example/webhook:\(Version.current)\"\n"))
    }
  }
}

/// The bill of materials, of a program that is played.
@Suite(.enabled(if: Program.isInstalled("python3"), "no python3"))
struct `Release SBOM` {
  static let packages = [
    "libcurl4":
      "Package: libcurl4\nStatus: install ok installed\nArchitecture: amd64\nSource: curl\nVersion: 7.88.1-10+deb12u14\n",
    "libc6":
      "Package: libc6\nArchitecture: amd64\nSource: glibc\nVersion: 2.36-9+deb12u10\nDescription: GNU C Library\n Version: no\n",
    "zlib1g": "Package: zlib1g\nArchitecture: amd64\nVersion: 1:1.2.13.dfsg-1\n",
  ]
  static let resolved = """
    {"pins": [{"identity": "swift-log", "kind": "remoteSourceControl", "location": "https://github.com/apple/swift-log.git",
    "state": {"revision": "c2cb5297956b2a95420f70d1f51e8dc4b4f94708", "version": "1.16.2"}}], "version": 3}
    """

  @Test func `the SBOM lists Swift packages by version and commit, and Debian packages by version`() throws {
    let folder = try TemporaryFolder()
    for name in ["packages", "checkouts/swift-log"] {
      try FileManager.default.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    for (name, text) in Self.packages { try folder.write(text, to: "packages/\(name)") }
    try folder.write("Apache License\nRuntime Library Exception\n", to: "checkouts/swift-log/LICENSE.txt")
    try folder.write(Self.resolved, to: "resolved")
    try folder.write("program", to: "program")
    let run = try Program.run(
      Repository.path("release/sbom"),
      [
        "--program", folder.path("program"), "--archive", folder.path("program"), "--packages", folder.path("packages"),
        "--resolved", folder.path("resolved"), "--checkouts", folder.path("checkouts"), "--version", "1.2.3",
        "--commit",
        "abc", "--time", "1700000000",
      ])
    try #require(run.exitCode == 0, "\(run.errors)")
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any] ?? [:]
    #expect(document["spdxVersion"] as? String == "SPDX-2.3")
    #expect((document["creationInfo"] as? [String: Any])?["created"] as? String == "2023-11-14T22:13:20Z")
    let packages = document["packages"] as? [[String: Any]] ?? []
    let lines = packages.map { package in
      let references = package["externalRefs"] as? [[String: String]] ?? []
      return [
        package["name"], package["versionInfo"], package["licenseDeclared"], references.first?["referenceLocator"],
      ]
      .map { $0 as? String ?? "" }.joined(separator: " ")
    }
    #expect(
      lines.filter { !$0.hasPrefix("swift-runtime 6.") } == [
        "storage-network-webhook 1.2.3 Apache-2.0 ",
        "swift-log 1.16.2 Apache-2.0 WITH Swift-exception pkg:swift/github.com/apple/swift-log@1.16.2",
        "libc6 2.36-9+deb12u10 NOASSERTION pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12",
        "libcurl4 7.88.1-10+deb12u14 NOASSERTION pkg:deb/debian/libcurl4@7.88.1-10%2Bdeb12u14?arch=amd64&distro=debian-12",
        "zlib1g 1:1.2.13.dfsg-1 NOASSERTION pkg:deb/debian/zlib1g@1%3A1.2.13.dfsg-1?arch=amd64&distro=debian-12",
      ])
    #expect(
      packages[1]["downloadLocation"] as? String
        == "git+https://github.com/apple/swift-log@c2cb5297956b2a95420f70d1f51e8dc4b4f94708")
    let relations = (document["relationships"] as? [[String: String]] ?? []).compactMap { $0["relationshipType"] }
    #expect(relations == ["DESCRIBES", "STATIC_LINK", "STATIC_LINK", "DYNAMIC_LINK", "DYNAMIC_LINK", "DYNAMIC_LINK"])
    #expect(Set(packages.compactMap { $0["SPDXID"] as? String }).count == packages.count)

    // Of an image: other Debian packages, the same from Swift.
    try folder.write(run.output, to: "archive.spdx.json")
    try FileManager.default.removeItem(atPath: folder.path("packages/zlib1g"))
    let image = try Program.run(
      Repository.path("release/sbom"),
      [
        "--program", folder.path("program"), "--packages", folder.path("packages"), "--swift",
        folder.path("archive.spdx.json"), "--version", "1.2.3", "--commit", "abc", "--time", "1700000000",
      ])
    try #require(image.exitCode == 0, "\(image.errors)")
    let other = try JSONSerialization.jsonObject(with: Data(image.output.utf8)) as? [String: Any] ?? [:]
    let inside = (other["packages"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    #expect(inside == ["storage-network-webhook", "swift-log", "swift-runtime", "libc6", "libcurl4"])
  }
}
