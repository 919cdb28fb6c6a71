import Foundation
import Testing

@testable import ClusterState

@Suite struct `Watched kinds` {
  @Test func `the README's snapshot command lists exactly the watched kinds`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let loop = try #require(readme.firstMatch(of: /for kind in ([^;]*);/)).output.1
    let named = loop.replacing("\\", with: "").split(whereSeparator: \.isWhitespace).map(String.init)
    // For a kind with one object of interest only that object is listed.
    let whole = WatchedKind.allCases.map(\.resource).filter { $0.objectName == nil }
    #expect(Set(named) == Set(whole.map(\.name)))
    #expect(named.count == whole.count)
    for resource in WatchedKind.allCases.map(\.resource) {
      guard let object = resource.objectName, let namespace = resource.namespace else { continue }
      #expect(readme.contains("kubectl get \(resource.plural) \(object) -n \(namespace) -o yaml"))
    }
  }

  @Test func `an object's kind is determined by group and kind in any version`() {
    for kind in WatchedKind.allCases {
      #expect(WatchedKind(group: kind.resource.group, kind: kind.resource.kind) == kind)
      #expect(WatchedKind(group: "other.example", kind: kind.resource.kind) == nil)
    }
  }
}
