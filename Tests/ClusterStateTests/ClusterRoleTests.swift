import Foundation
import JSON
import Snapshot
import Testing

@testable import ClusterState

@Suite struct `ClusterRole` {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "manifests/base")

  func documents(_ name: String) throws -> [JSONValue] {
    var yaml = YAMLDocuments(Array(try Data(contentsOf: Self.folder.appending(path: name))))
    var documents: [JSONValue] = []
    while let document = try yaml.next() { documents.append(try JSONValue(parsing: document)) }
    return documents
  }

  @Test func `the role grants get, list and watch on exactly the watched kinds`() throws {
    let role = try #require(documents("cluster-role.yaml").first)
    var granted: [String] = []
    let named = Dictionary(
      uniqueKeysWithValues: WatchedKind.allCases.compactMap { kind in
        kind.resource.objectName.map { (kind.resource.plural, $0) }
      })
    for rule in role["rules"]?.elements ?? [] {
      #expect(rule["verbs"]?.texts == ["get", "list", "watch"])
      let names = rule["resources"]?.texts.compactMap { named[$0] } ?? []
      #expect(rule["resourceNames"]?.texts ?? [] == names)
      #expect(Set(rule.keys).subtracting(["resourceNames"]) == ["apiGroups", "resources", "verbs"])
      for group in rule["apiGroups"]?.texts ?? [] {
        granted += (rule["resources"]?.texts ?? []).map { "\(group)/\($0)" }
      }
    }
    let watched = WatchedKind.allCases.map { "\($0.resource.group)/\($0.resource.plural)" }
    #expect(granted.sorted() == watched.sorted())
  }
}

extension JSONValue {
  fileprivate var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  fileprivate var texts: [String] { elements.compactMap(\.string) }

  fileprivate var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }
}
