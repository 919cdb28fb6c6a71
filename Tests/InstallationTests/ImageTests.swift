import Foundation
import TestSupport
import Testing
import WebhookCore

/// The image is built by another program; its inputs must agree with the rest of the repository.
struct ImageTests {
  @Test
  func `the image has exactly the linked libraries`() throws {
    let development = ["libcurl4-openssl-dev", "libnghttp2-dev", "libssl-dev", "libyaml-dev"]
    let runtime = ["libcurl4", "libnghttp2-14", "libssl3", "libyaml-0-2"]
    let (building, image) = try packages()
    for (development, runtime) in zip(development, runtime) {
      #expect(building.contains(development) == image.contains(runtime), "\(development) and \(runtime)")
    }
    #expect(image.filter { !runtime.contains($0) } == ["libstdc++6"], "Swift's runtime needs this one and no other")
  }

  @Test
  func `the image is built with the packages of other builds`() throws {
    let makefile = try Repository.text("Makefile").split(separator: "\n").first { $0.hasPrefix("PACKAGES := ") }
    let usual = Set((makefile ?? "").split(separator: " ").dropFirst(2).map(String.init))
    // A client that only `make try` and tests use.
    #expect(Set(try packages().building) == usual.subtracting(["curl"]))
  }

  @Test(arguments: [("packages", "libyaml-dev"), ("python-packages", "python3-pip")])
  func `make installs what is missing`(target: String, package: String) throws {
    let run = try Program.run("make", ["--dry-run", "--directory", Repository.root.path, target])
    #expect(run.output.contains(package))
    #expect(run.output.contains("apt-get install"))
  }

  @Test(arguments: [
    ".image", "Benchmarks", "Package.swift", "Sources", "Tests", "certs/make-certificates", "manifests/example",
  ])
  func `.dockerignore includes what the Dockerfile copies`(name: String) throws {
    let ignore = try Repository.text(".dockerignore").split(separator: "\n")
    #expect(ignore.first == "*")
    #expect(ignore.contains("!\(name)"))
    #expect(try Repository.text("Dockerfile").contains("COPY \(name)"))
  }

  /// The words on the lines after `apt-get install`, of which there are two.
  private func packages() throws -> (building: [String], image: [String]) {
    let lines = try Repository.text("Dockerfile").split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let lists = lines.indices.filter { lines[$0].contains("apt-get install") }.map { index in
      lines[index + 1].split(separator: " ").map(String.init).filter { $0 != "\\" }
    }
    try #require(lists.count == 2)
    return (lists[0], lists[1])
  }
}

struct VersionTests {
  @Test
  func `the program, the changelog and the Makefile have the same version`() throws {
    let version = try Program.run(Repository.executable, ["--version"])
    #expect(version.output == "\(Version.current)\n")

    // Keep a Changelog: what is not released stands above the newest version.
    let newest = try Repository.text("CHANGELOG.md").matches(of: /(?m)^## \[(\d.*)\] - \d{4}-\d\d-\d\d$/).first
    #expect(newest?.output.1 == Version.current[...])
    let make = try Program.run("make", ["--silent", "--directory", Repository.root.path, "version"])
    #expect(make.output == version.output)

    let image = try Program.run(
      "make", ["--silent", "--dry-run", "--directory", Repository.root.path, "image", "ENGINE=engine"])
    #expect(image.output.contains("--build-arg VERSION=\(Version.current) "))
    #expect(image.output.contains("--tag storage-network-webhook:\(Version.current) "))
  }

  /// The lines that name a version; `release/set-version` writes them.
  @Test(arguments: [
    ("charts/storage-network-webhook/Chart.yaml", 2), ("manifests/addon/addon.yaml", 1), ("README.md", 1),
    ("manifests/base/deployment.yaml", 1), ("manifests/base/registrar.yaml", 1), ("docs/install.md", 3),
  ])
  func `what names a version names this one`(file: String, count: Int) throws {
    let named = try Repository.text(file).matches(
      of: /(?m)(?:^ *(?:version|appVersion): |storage-network-webhook[:-])(\d+\.\d+\.\d+)/
    ).map { String($0.output.1) }
    #expect(named.count >= count)
    #expect(Set(named) == [Version.current], "release/set-version \(Version.current)")
  }
}
