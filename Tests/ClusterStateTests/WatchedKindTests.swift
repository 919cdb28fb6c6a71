import Foundation
import Testing

@testable import ClusterState

@Suite struct `Watched kinds` {
  @Test func `the README's snapshot takes exactly these kinds`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let loop = try #require(readme.firstMatch(of: /for kind in ([^;]*);/)).output.1
    let named = loop.replacing("\\", with: "").split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(Set(named) == Set(WatchedKind.allCases.map(\.resource.name)))
    #expect(named.count == WatchedKind.allCases.count)
  }

  @Test func `an object is of a kind by its group and kind, in any version`() {
    for kind in WatchedKind.allCases {
      #expect(WatchedKind(group: kind.resource.group, kind: kind.resource.kind) == kind)
      #expect(WatchedKind(group: "other.example", kind: kind.resource.kind) == nil)
    }
  }
}
