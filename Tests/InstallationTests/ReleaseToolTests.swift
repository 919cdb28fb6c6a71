import Foundation
import TestSupport
import Testing
import WebhookCore

/// The programs around a release, in a folder of their own, with what they call replaced by scripts.
struct ReleaseToolTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Copies files of the repository to the same place in the folder.
  private func copy(_ names: String...) throws {
    for name in names {
      let copy = folder.url.appending(path: name)
      try FileManager.default.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Repository.root.appending(path: name), to: copy)
    }
  }

  private func script(_ name: String, _ text: String) throws {
    let file = folder.url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try "#!/bin/sh\n\(text)\n".write(to: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  /// Runs a program of the folder; its own `bin` comes first in PATH.
  private func run(_ program: String, _ arguments: [String] = [], _ variables: [String: String] = [:]) throws
    -> Program.Run
  {
    let path = "PATH=\(folder.path("bin")):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    // What the tests themselves were started with must not matter.
    let unset = ["REQUIRE_TOOLS", "HELM", "KUBECTL", "MAKEFLAGS", "MAKELEVEL"].flatMap { ["--unset", $0] }
    return try Program.run(
      "env", unset + ["--chdir", folder.url.path, path] + variables.map { "\($0)=\($1)" } + [program] + arguments)
  }

  private func dockerfile() throws -> String { String(decoding: try folder.read("Dockerfile"), as: UTF8.self) }

  // MARK: Digests of base images

  @Test func `pin writes the digest of each base image, again and again`() throws {
    try copy(".image/pin", "Dockerfile")
    for content in ["one", "two"] {
      try script("bin/skopeo", #"printf '\#(content) %s' "$3""#)
      let run = try run(".image/pin")
      #expect(run.exitCode == 0, "\(run.errors)")
      for image in ["swift:6.3-bookworm", "debian:12-slim"] {
        let sum = try Program.run("sha256sum", [], input: "\(content) docker://docker.io/library/\(image)").output
          .prefix(64)
        #expect(try dockerfile().contains("\nFROM \(image)@sha256:\(sum) AS "))
      }
      #expect(try dockerfile().contains("\nFROM scratch\n"))
    }
    #expect(try dockerfile().matches(of: /@sha256:[0-9a-f]{64} AS/).count == 2, "a digest replaces the one before")
  }

  /// Each script answers the first image, and fails for the second.
  @Test(arguments: [
    ("skopeo", "case $3 in *debian*) echo 'no such host' >&2; exit 1 ;; esac; echo manifest", "no such host"),
    ("skopeo", "case $3 in *debian*) exit 0 ;; esac; echo manifest", "debian:12-slim"),
  ]) func `pin fails and changes nothing if a manifest cannot be read`(tool: String, text: String, words: String) throws
  {
    try copy(".image/pin", "Dockerfile")
    try script("bin/\(tool)", text)
    let run = try run(".image/pin")
    #expect(run.exitCode == 1)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.contains("debian:12-slim: its manifest could not be read"), "\(run.errors)")
    #expect(try dockerfile() == Repository.text("Dockerfile"))
  }

  // MARK: The tag

  @Test func `a tag is released only if the base images have digests`() throws {
    try copy("Makefile", "CHANGELOG.md", "Sources/App/WebhookCore/Version.swift")
    let digest = "sha256:" + String(repeating: "0f", count: 32)
    func check(_ bases: String, tag: String = "v\(Version.current)") throws -> Program.Run {
      try folder.write(bases + "\nFROM scratch\n", to: "Dockerfile")
      return try run("make", ["--silent", "check-tag", "TAG=\(tag)"])
    }
    let pinned = "FROM swift:6@\(digest) AS build\nFROM debian:12-slim@\(digest) AS runtime"
    let good = try check(pinned)
    #expect(good.exitCode == 0, "\(good.errors)")
    #expect(try run("make", ["--silent", "toolchain-image"]).output == "swift:6@\(digest)\n")
    for (bases, words) in [
      ("FROM swift:6 AS build\nFROM debian:12-slim@\(digest) AS runtime", "FROM swift:6 AS build"),
      ("FROM swift:6@\(digest) AS build\nFROM debian:12-slim@sha256:0f AS runtime", "FROM debian:12-slim@sha256:0f"),
    ] {
      let run = try check(bases)
      #expect(run.exitCode != 0)
      #expect(run.errors.contains(words) && run.errors.contains("make pin-images"), "\(run.errors)")
    }
    #expect(try check(pinned, tag: "v9.9.9").errors.contains("the tag v9.9.9 is not v\(Version.current)"))
  }

  /// Workflows do not run here; these are the lines by which a release would build something else than the tag.
  @Test func `the release workflow takes bases, toolchain and names from one place`() throws {
    let workflow = try Repository.text(".github/workflows/release.yml")
    #expect(!workflow.contains("pin-images"))
    #expect(workflow.contains("- run: make check-tag TAG=\"$GITHUB_REF_NAME\"\n"))
    #expect(
      workflow.matches(of: /\n *container: (.*)\n/).map { String($0.output.1) } == [
        "${{ needs.tag.outputs.toolchain }}"
      ])
    // The registry rejects a name with capitals, which an owner's name may have.
    #expect(!workflow.contains("github.repository_owner"))
    #expect(workflow.matches(of: /ghcr\.io\/\$\{GITHUB_REPOSITORY_OWNER,,\}/).count == 2)
    for line in workflow.split(separator: "\n") where line.contains("uses: ") && !line.contains("slsa-framework") {
      #expect(line.contains(/@[0-9a-f]{40} # v\d/), "\(line)")
    }
    let toolchain = try #require(try Repository.text("Dockerfile").firstMatch(of: /FROM (swift:[^ @]+)/)).output.1
    #expect(try Repository.text(".github/workflows/test.yml").contains("container: \(toolchain)\n"))
  }

  // MARK: Helm and kubectl

  @Test(
    arguments: [
      ([:], 0, "NOTICE: Helm could not be downloaded"),
      (["REQUIRE_TOOLS": "true"], 1, "ERROR: Helm could not be downloaded"),
      (["REQUIRE_TOOLS": "false"], 0, "NOTICE"),
      (["REQUIRE_TOOLS": "true", "HELM": "/bin/true", "KUBECTL": "/bin/true"], 0, ""),
      (["REQUIRE_TOOLS": "true", "HELM": "/bin/true", "KUBECTL": "/nowhere"], 1, "ERROR"),
    ] as [([String: String], Int32, String)])
  func `without network the tools are missing, which is an error if they are required`(
    variables: [String: String], exitCode: Int32, words: String
  ) throws {
    try copy("Tests/Tools/install", "Tests/Tools/requirements.txt")
    try script("bin/uname", "echo x86_64")
    try script("bin/python3", #"echo "$*" >asked; exit 1"#)
    // Neither is in this PATH, whatever this machine has.
    for name in ["bash", "sh", "env", "dirname", "cmp", "mktemp", "rm"] {
      let path = try Program.run("which", [name]).output.split(separator: "\n").first.map(String.init)
      try FileManager.default.createSymbolicLink(
        atPath: folder.path("bin/\(name)"), withDestinationPath: try #require(path))
    }
    let run = try run("Tests/Tools/install", [], variables.merging(["PATH": folder.path("bin")]) { $1 })
    #expect(run.exitCode == exitCode, "\(run.errors)")
    #expect(words == "" ? run.errors == "" : run.errors.hasPrefix(words), "\(run.errors)")
    let asked = String(decoding: try folder.read("asked"), as: UTF8.self)
    #expect(asked.contains(" --retries 1 --timeout 10 "), "a machine without network waits: \(asked)")
  }

  // MARK: make dist

  /// Each step looks for a violation for a while: a step that runs beside it.
  @Test func `the steps of dist run one after the other with any number of jobs`() throws {
    try copy("Makefile", "Sources/App/WebhookCore/Version.swift")
    for step in ["release/binary", "release/files", "release/index", "Tests/Tools/install"] {
      try script(
        step,
        """
        echo begin \(step) >>log
        count=$(wc -l <log)
        for round in 1 2 3 4 5 6 7 8 9 10; do [ "$(wc -l <log)" = "$count" ] || exit 1; sleep 0.02; done
        echo end \(step) >>log
        """)
    }
    for name in ["dpkg-query", "apt-get", "swift", "python3"] { try script("bin/\(name)", "echo installed") }
    let run = try run("make", ["--jobs", "8", "dist"])
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    let log = String(decoding: try folder.read("log"), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(
      log
        == ["release/binary", "Tests/Tools/install", "release/files", "release/index"].flatMap {
          ["begin \($0)", "end \($0)"]
        })
  }
}
