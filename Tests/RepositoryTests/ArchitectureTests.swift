import Rules
import TestSupport
import Testing

@Suite struct `The house` {
  /// The floors from the ground up. A file may import its own floor and those below.
  static let floors = ["Domain", "Protocol", "Machinery", "App"]

  /// The targets that a library's door belongs to: one each, but for the two halves of OpenSSL, which serve TLS and make
  /// certificates.
  static let doors = [
    "COpenSSL": ["TLSWire", "CertificateAuthority"], "CNGHTTP2": ["HTTPWire"], "CYAML": ["Snapshot"],
    "CCurl": ["KubeClient"], "CLinux": ["Reactor"], "Glibc": ["Reactor"],
    "ArgumentParser": ["storage-network-webhook"],
    // No library but instructions of the processor, which the compiler knows.
    "_Builtin_intrinsics.intel.sse2": ["JSON"],
  ]

  /// What else comes from outside, and the lowest floor that may ask for it: below are neither locks nor logs.
  static let outside = ["Synchronization": "Machinery", "Logging": "App"]

  static let files = floors.flatMap { SourceFile.all(under: "Sources/\($0)") }
  static let floorOfTarget = Dictionary(files.map { ($0.target, $0.floor) }) { first, _ in first }

  @Test(arguments: files) func `imports point down, and each library has one door`(_ file: SourceFile) {
    for module in file.lines.compactMap(Import.init) {
      #expect(module.access == "internal" || module.access == "package", "\(module.module)")
      if let owners = Self.doors[module.module] {
        #expect(owners.contains(file.target), "\(module.module) belongs to \(owners)")
        continue
      }
      let floor = Self.floorOfTarget[module.module] ?? Self.outside[module.module]
      #expect(floor != nil, "nobody may import \(module.module)")
      let isBelow = height(floor ?? "App") <= height(file.floor)
      #expect(isBelow, "\(module.module) is on a floor above")
    }
  }

  /// The rooms of which every request calls small functions many times; the compiler inlines only public ones across
  /// modules.
  static let inlinedRooms: Set = ["Addressing", "JSON", "Reactor"]

  @Test(arguments: files) func `what rooms show each other is for the package, public only where it has to be inlined`(
    _ file: SourceFile
  ) {
    let forbidden = Self.inlinedRooms.contains(file.target) ? "package" : "public"
    let words = Set(file.code.flatMap { $0.split { !$0.isLetter } })
    #expect(!words.contains(forbidden[...]))
  }

  private func height(_ floor: String) -> Int { Self.floors.firstIndex(of: floor) ?? 0 }

  @Test func `every floor was looked at`() {
    for floor in Self.floors { #expect(Self.files.contains { $0.floor == floor }) }
    #expect(Self.files.count > 80)
  }

  @Test func `an import is read with and without what stands before it`() {
    #expect(Import("internal import JSON")?.module == "JSON")
    #expect(Import("internal import JSON")?.access == "internal")
    #expect(Import("import Foundation")?.access == nil)
    #expect(Import("@testable import Rules")?.module == "Rules")
    #expect(Import("/// an import of goods from abroad") == nil)
  }
}

@Suite struct `The law's files` {
  static let files = SourceFile.all(under: "Sources/Domain/Rules/Law")

  @Test func `are the articles that are asked, each once`() {
    #expect(RuleCatalog.rules.map(\.name).sorted() == Self.files.map(\.name).sorted())
  }

  @Test(arguments: files) func `hold the rule that they are named for`(_ file: SourceFile) {
    #expect(file.lines.contains { $0.hasPrefix("enum \(file.name): Rule {") })
    #expect(file.lines.contains { $0.hasPrefix("  static let demand = ") })
  }
}
