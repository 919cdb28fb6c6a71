import Rules
import TestSupport
import Testing

@Suite struct `Architecture` {
  /// The layers, lowest first. A file may import its own layer and the layers below.
  static let layers = ["Domain", "Protocol", "System", "App"]

  /// The targets that may import a library: one each, except for OpenSSL, which serves TLS and issues certificates.
  static let owners = [
    "COpenSSL": ["TLSWire", "CertificateAuthority"], "CNGHTTP2": ["HTTPWire"], "CYAML": ["Snapshot"],
    "CCurl": ["KubeClient"], "CLinux": ["Platform"], "Glibc": ["Platform"],
    "ArgumentParser": ["storage-network-webhook"],
    // No library but instructions of the processor, which the compiler knows.
    "_Builtin_intrinsics.intel.sse2": ["JSON"],
  ]

  /// Other external modules with the lowest layer that may import them: no locks or logs below.
  static let outside = ["Synchronization": "System", "Logging": "App"]

  static let files = layers.flatMap { SourceFile.all(under: "Sources/\($0)") }
  static let layerOfTarget = Dictionary(files.map { ($0.target, $0.layer) }) { first, _ in first }

  @Test(arguments: files) func `imports point down, and one target wraps each library`(_ file: SourceFile) {
    for module in file.lines.compactMap(Import.init) {
      #expect(module.access == "internal" || module.access == "package", "\(module.module)")
      if let targets = Self.owners[module.module] {
        #expect(targets.contains(file.target), "\(module.module) belongs to \(targets)")
        continue
      }
      let layer = Self.layerOfTarget[module.module] ?? Self.outside[module.module]
      #expect(layer != nil, "no layer may import \(module.module)")
      let isBelow = height(layer ?? "App") <= height(file.layer)
      #expect(isBelow, "\(module.module) is in a layer above")
    }
  }

  /// SwiftPM builds a target that imports more than it declares, as long as another target has built it before.
  @Test func `each target declares what it imports, and nothing else`() throws {
    let declarations = try Repository.text("Package.swift").matches(
      of: /layerTarget\(\s*"\w+",\s*"(?<target>\w+)"(?:,\s*\[(?<names>[^\]]*)\])?\)/)
    #expect(Set(declarations.map { String($0.target) }) == Set(Self.layerOfTarget.keys).subtracting(Self.executables))
    for declaration in declarations {
      let names = declaration.names ?? ""
      let declared =
        names.matches(of: /"(\w+)"/).map { String($0.output.1) } + (names.contains("logging") ? ["Logging"] : [])
      let imported = Self.files.filter { $0.target == String(declaration.target) }.flatMap {
        $0.lines.compactMap(Import.init)
      }
      let ofToolchain: Set = ["Glibc", "Synchronization", "_Builtin_intrinsics.intel.sse2"]
      #expect(Set(declared) == Set(imported.map(\.module)).subtracting(ofToolchain), "\(declaration.target)")
    }
  }

  private static let executables: Set = ["storage-network-webhook"]

  /// The targets with small functions on the request path: the compiler inlines only public ones across modules.
  static let inlinedTargets: Set = ["Addressing", "JSON", "Platform"]

  @Test(arguments: files) func `targets export package symbols, and public ones only where they are inlined`(
    _ file: SourceFile
  ) {
    let forbidden = Self.inlinedTargets.contains(file.target) ? "package" : "public"
    let words = Set(file.code.flatMap { $0.split { !$0.isLetter } })
    #expect(!words.contains(forbidden[...]))
  }

  private func height(_ layer: String) -> Int { Self.layers.firstIndex(of: layer) ?? 0 }

  @Test func `every layer has files`() {
    for layer in Self.layers { #expect(Self.files.contains { $0.layer == layer }) }
    #expect(Self.files.count > 80)
  }

  @Test func `imports are parsed with and without access level and attributes`() {
    #expect(Import("internal import JSON")?.module == "JSON")
    #expect(Import("internal import JSON")?.access == "internal")
    #expect(Import("import Foundation")?.access == nil)
    #expect(Import("@testable import Rules")?.module == "Rules")
    #expect(Import("/// an import of goods from abroad") == nil)
  }
}

@Suite struct `Rule catalog` {
  static let files = SourceFile.all(under: "Sources/Domain/Rules/Catalog")

  @Test func `the catalog lists every rule file once`() {
    #expect(RuleCatalog.rules.map(\.name).sorted() == Self.files.map(\.name).sorted())
  }

  @Test(arguments: files) func `each file is named after its rule`(_ file: SourceFile) {
    let declarations = ["Rule", "AddressConflictRule"].map { "enum \(file.name): \($0) {" }
    #expect(file.lines.contains { line in declarations.contains { line.hasPrefix($0) } })
    #expect(file.lines.contains { $0.hasPrefix("  static let requirement = ") })
  }
}
