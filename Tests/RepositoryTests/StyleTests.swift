import Foundation
import TestSupport
import Testing

@Suite struct `Style` {
  static let sources = SourceFile.all(under: "Sources")
  static let all = sources + SourceFile.all(under: "Tests") + SourceFile.all(under: "Benchmarks")

  /// Banned in code, with the alternative.
  static let banned: [(word: String, instead: String)] = [
    ("try!", "throw or handle it"), ("fatalError(", "preconditionFailure, for what no input can cause"),
    ("Task.sleep", "wait for the event itself"), ("Thread.sleep", "wait for the event itself"),
    ("usleep", "wait for the event itself"), ("nanosleep", "wait for the event itself"),
    ("Manager", "say what it does"), ("Helper", "say what it does"),
    ("Utility", "say what it does"), ("Utils", "say what it does"), ("@preconcurrency", "make it Sendable"),
  ]

  /// Banned everywhere, comments included. Split, so that this file is accepted.
  static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

  /// Names of Foundation and of Longhorn that contain a banned word.
  static let foreign = ["FileManager", "InstanceManager"]

  @Test(arguments: all) func `code has no banned word`(_ file: SourceFile) {
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

  @Test(arguments: sources) func `every function has fewer than 60 lines`(_ file: SourceFile) {
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

  @Test(arguments: sources) func `every file has a comment`(_ file: SourceFile) {
    #expect(file.lines.contains { $0.drop { $0 == " " }.hasPrefix("///") || $0.hasPrefix("// ") })
  }

  @Test func `code is distinguished from comments and strings`() {
    let file = SourceFile(path: "a.swift", lines: [#"let a = "x // y \" z" + b // c"#, "/// d", "e"])
    #expect(file.code == ["let a =  + b ", "", "e"])
  }
}

@Suite struct `Repeated lists` {
  /// The Debian packages in a text.
  func packages(in text: String) -> Set<String> {
    let names = text.matches(of: /[a-z0-9][a-z0-9.+-]*/).map { String($0.output) }
    return Set(names)
  }

  func makefilePackages() throws -> Set<String> {
    let line = try Repository.text("Makefile").components(separatedBy: "\n").first { $0.hasPrefix("PACKAGES := ") }
    return packages(in: String((line ?? "").dropFirst("PACKAGES := ".count)))
  }

  @Test func `the Makefile and the README have the same packages`() throws {
    let readme = try Repository.text("README.md")
    let quoted = try #require(readme.firstMatch(of: /`(curl lib[^`]*)`/)).output.1
    #expect(packages(in: String(quoted)) == (try makefilePackages()))
    #expect(try makefilePackages().count > 5)
  }

  @Test func `make help lists every target with a description, and no target is taken for a file`() throws {
    let makefile = try Repository.text("Makefile")
    let described = makefile.matches(of: /(?m)^([a-z-]+):.*##[ ]/).map { String($0.output.1) }
    #expect(Set(described).isSuperset(of: ["run", "try", "test", "pin-images", "clean"]))
    let help = try Program.run("make", ["--silent", "--directory", Repository.root.path, "help"])
    #expect(help.output.matches(of: /(?m)^make ([a-z-]+)[ ]/).map { String($0.output.1) } == described)

    let phony = try #require(makefile.firstMatch(of: /\n\.PHONY: ((?:.*\\\n)*.*)\n/)).output.1
    let targets = makefile.matches(of: /(?m)^([a-z-]+):(?!=)/).map { String($0.output.1) }
    #expect(Set(phony.split { " \\\n".contains($0) }.map(String.init)) == Set(targets))
  }

  @Test func `continuous integration runs make test`() throws {
    #expect(try Repository.text(".ci/run").hasSuffix("\nmake test\n"))
  }

  /// Code that a debug build accepts may not compile with optimization.
  @Test func `make test compiles for release too`() throws {
    let recipe = try #require(
      try Repository.text("Makefile").firstMatch(of: /\ntest:.*\n((?:\t.*\n)+)/)?.output.1
    ).split(separator: "\n")
    #expect(recipe.first == "\t$(BUILD_SERVER)")
    #expect(try Repository.text("Makefile").contains("\nBUILD_SERVER := swift build -c release "))
    #expect(recipe.allSatisfy { !$0.hasPrefix("\t-") && !$0.contains("||") }, "a failure must not be ignored")
  }

  @Test func `the repository has no key and no certificate`() throws {
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
