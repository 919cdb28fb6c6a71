import Foundation
import TestSupport
import Testing

/// docs/troubleshoot.md quotes messages as they are printed.
struct TroubleshootTests {
  /// The beginnings of messages of other programs.
  static let others = [
    #"admission webhook "storage-network.harvesterhci.io" denied the request:"#, "failed calling webhook",
    "no endpoints available", "x509: certificate signed by unknown authority", "context deadline exceeded",
    "FailedCreatePodSandBox", "Could not allocate IP in range", "The request is invalid", "Conflict",
    "message too long, mtu=1500", "references non-existent secret key: tls.crt", "ContainerCreating",
    "is forbidden: User", "cannot", #"strict decoding error: unknown field "matchConditions""#,
  ]

  /// The sources with each string literal on one line, and the messages by rule.
  static let own: String = {
    let files = FileManager.default.enumerator(atPath: Repository.path("Sources"))?.compactMap { $0 as? String } ?? []
    let sources = files.filter { $0.hasSuffix(".swift") }.compactMap { try? Repository.text("Sources/\($0)") }
    let literals = sources.map { $0.replacing(/\\\n\s*/, with: "").replacing(/"\s*\+\s*"/, with: "") }
    return (literals + [(try? Repository.text("docs/messages.md")) ?? ""]).joined(separator: "\n")
  }()

  /// The quotations of the tables' first column, cut where they leave something out.
  static func quotations() throws -> [String] {
    let rows = try Repository.text("docs/troubleshoot.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
    return rows.compactMap { $0.split(separator: "|").first }.flatMap { $0.matches(of: /`([^`]+)`/) }.flatMap {
      $0.output.1.split(separator: "…").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test func `the program prints each quoted message that is its own`() throws {
    let quotations = try Self.quotations().filter { !Self.others.contains($0) }
    #expect(quotations.count > 12)
    for quotation in quotations { #expect(Self.own.contains(quotation), "\(quotation)") }
  }

  @Test func `the list of other programs' messages has none that is not quoted`() throws {
    #expect(Set(Self.others).isSubset(of: try Self.quotations()))
  }
}
