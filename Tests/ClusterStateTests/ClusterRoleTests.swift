import Foundation
import JSON
import Snapshot
import Testing

@testable import ClusterState

@Suite struct `The manifests` {
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

  @Test func `both webhooks look at the one setting, and say so in their names`() throws {
    let hooks = try documents("webhooks.yaml")
    let expected = [
      "ValidatingWebhookConfiguration": (["CREATE", "UPDATE", "DELETE"], "Fail", "/validate"),
      "MutatingWebhookConfiguration": (["CREATE", "UPDATE"], "Ignore", "/mutate"),
    ]
    #expect(Set(hooks.compactMap { $0["kind"]?.text }) == Set(expected.keys))
    for configuration in hooks {
      let (operations, policy, path) = try #require(expected[configuration["kind"]?.text ?? ""])
      let hook = try #require(configuration["webhooks"]?.elements.first)
      let rule = try #require(hook["rules"]?.elements.first)
      #expect(rule["operations"]?.texts == operations)
      #expect(rule["apiGroups"]?.texts == ["harvesterhci.io"])
      #expect(rule["apiVersions"]?.texts == ["v1beta1"])
      #expect(rule["resources"]?.texts == ["settings"])
      #expect(rule["scope"]?.text == "Cluster")
      #expect(hook["failurePolicy"]?.text == policy)
      #expect(hook["clientConfig"]?["service"]?["path"]?.text == path)
      #expect(hook["sideEffects"]?.text == "None")
      #expect(hook["admissionReviewVersions"]?.texts == ["v1"])
      let condition = try #require(hook["matchConditions"]?.elements.first?["expression"]?.text)
      // Whoever deletes a collection names no object, so a deletion is known by the object alone.
      let byName = "request.name == 'storage-network'"
      let byObject = "request.operation == 'DELETE' ? oldObject.metadata.name == 'storage-network' : "
      #expect(condition == (operations.contains("DELETE") ? byObject : "") + byName)
      #expect(hook["name"]?.text?.hasSuffix(".storage-network.harvesterhci.io") == true)
    }
  }
}

extension JSONValue {
  fileprivate var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  fileprivate var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  fileprivate var texts: [String] { elements.compactMap(\.text) }

  fileprivate var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }
}
