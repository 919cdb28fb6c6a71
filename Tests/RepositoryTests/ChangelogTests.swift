import Foundation
import TestSupport
import Testing

/// The form of Keep a Changelog (https://keepachangelog.com/en/1.1.0/).
@Suite struct `Changelog` {
  static let sections = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]

  @Test func `every version has a link, and every entry is in a section`() throws {
    let text = try Repository.text("CHANGELOG.md")
    let versions = text.split(separator: "\n## [").dropFirst()
    #expect(versions.count > 1)
    for version in versions {
      let number = version.prefix { $0 != "]" }
      #expect(text.contains("\n[\(number)]: "), "\(number)")
      let titles = version.matches(of: /\n### (.*)/).map { String($0.output.1) }
      #expect(titles == Self.sections.filter(titles.contains), "\(number)")
      let beginning = version.prefix(upTo: version.firstRange(of: "\n### ")?.lowerBound ?? version.endIndex)
      #expect(!beginning.contains("\n* "), "\(number)")
    }
  }

  @Test func `the notes of a release have no link targets`() throws {
    let notes = try Program.run("make", ["--silent", "--directory", Repository.root.path, "notes", "VERSION=0.1.0"])
    #expect(notes.output.contains("### Added"))
    #expect(!notes.output.contains("]: "))
  }
}
