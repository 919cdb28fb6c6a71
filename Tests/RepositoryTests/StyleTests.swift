import Foundation
import TestSupport
import Testing

@Suite struct `Style` {
  static let sources = SourceFile.all(under: "Sources")
  static let all = sources + SourceFile.all(under: "Tests") + SourceFile.all(under: "Benchmarks")

  /// What must not stand in code, and what to do instead.
  static let banned: [(word: String, instead: String)] = [
    ("try!", "throw or handle it"), ("fatalError(", "preconditionFailure, for what no input can cause"),
    ("Task.sleep", "wait for the event itself"), ("Thread.sleep", "wait for the event itself"),
    ("usleep", "wait for the event itself"), ("nanosleep", "wait for the event itself"),
    ("Manager", "say what it does"), ("Helper", "say what it does"),
    ("Utility", "say what it does"), ("Utils", "say what it does"), ("@preconcurrency", "make it Sendable"),
  ]

  /// What must not stand anywhere, comments included. Written apart, so that this file may stand too.
  static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

  /// Names of Foundation and of Longhorn that contain a banned word.
  static let foreign = ["FileManager", "InstanceManager"]

  @Test(arguments: all) func `banned words have better ones`(_ file: SourceFile) {
    for (number, line) in file.code.enumerated() {
      let own = Self.foreign.reduce(line) { $0.replacing($1, with: "") }
      for (word, instead) in Self.banned {
        #expect(!own.contains(word), "line \(number + 1) has \(word): \(instead)")
      }
    }
    for (number, line) in file.lines.enumerated() {
      for word in Self.unfinished { #expect(!line.contains(word), "line \(number + 1) has \(word): do it") }
    }
  }

  @Test(arguments: all) func `no file is longer than 400 lines`(_ file: SourceFile) {
    #expect(file.lines.count <= 400)
  }

  @Test(arguments: sources) func `every function fits a screen`(_ file: SourceFile) {
    var start: (line: Int, indentation: Int)?
    for (number, line) in file.lines.enumerated() {
      let indentation = line.prefix { $0 == " " }.count
      if line.contains("func ") || line.contains("init("), line.hasSuffix("{"), start == nil {
        start = (number, indentation)
      } else if let begun = start, indentation == begun.indentation, line.hasSuffix("}") {
        #expect(number - begun.line < 60, "from line \(begun.line + 1)")
        start = nil
      }
    }
  }

  @Test(arguments: sources) func `every file explains something`(_ file: SourceFile) {
    #expect(file.lines.contains { $0.drop { $0 == " " }.hasPrefix("///") || $0.hasPrefix("// ") })
  }

  @Test func `code is told from comments and strings`() {
    let file = SourceFile(path: "a.swift", lines: [#"let a = "x // y \" z" + b // c"#, "/// d", "e"])
    #expect(file.code == ["let a =  + b ", "", "e"])
  }
}

@Suite struct `Lists that stand in several places` {
  /// The Debian packages that a text names.
  func packages(in text: String) -> Set<String> {
    let names = text.matches(of: /[a-z0-9][a-z0-9.+-]*/).map { String($0.output) }
    return Set(names)
  }

  func makefilePackages() throws -> Set<String> {
    let line = try Repository.text("Makefile").components(separatedBy: "\n").first { $0.hasPrefix("PACKAGES := ") }
    return packages(in: String((line ?? "").dropFirst("PACKAGES := ".count)))
  }

  @Test func `the packages are the same in the Makefile and in the README`() throws {
    let readme = try Repository.text("README.md")
    let quoted = try #require(readme.firstMatch(of: /`(curl lib[^`]*)`/)).output.1
    #expect(packages(in: String(quoted)) == (try makefilePackages()))
    #expect(try makefilePackages().count > 5)
  }

  @Test func `a Dockerfile, if there is one, builds with the same libraries`() throws {
    guard let dockerfile = try? Repository.text("Dockerfile") else { return }
    let libraries = packages(in: dockerfile).filter { $0.hasPrefix("lib") && $0.hasSuffix("-dev") }
    #expect(libraries == (try makefilePackages()).filter { $0.hasSuffix("-dev") })
  }

  @Test func `every target of the Makefile is explained, and continuous integration tests as people do`() throws {
    let lines = try Repository.text("Makefile").components(separatedBy: "\n")
    for target in ["run", "try", "test", "certs", "clean"] {
      #expect(lines.contains { $0.hasPrefix("\(target):") && $0.contains("## ") }, "\(target)")
    }
    #expect(try Repository.text(".ci/run").hasSuffix("\nmake test\n"))
  }

  @Test func `no key and no certificate is in the repository`() throws {
    let run = try Program.run("git", ["-C", Repository.root.path, "ls-files"])
    // Unpacked from an archive, it is no repository.
    if run.exitCode != 0 { return }
    let tracked = run.output
    #expect(tracked.contains("Makefile"))
    for ending in [".pem", ".key", ".crt", ".csr", "Package.resolved"] {
      #expect(!tracked.split(separator: "\n").contains { $0.hasSuffix(ending) }, "\(ending)")
    }
  }
}
