import Foundation
import TerminalPictures
import Testing

@testable import Reports

/// The pictures of the documentation are generated from reports, so that they match the program.
@Suite struct `Pictures` {
  static func expect(_ picture: TerminalPicture, in name: String) throws {
    #expect(picture.svg.isWellFormed)
    try Golden.expect(picture.svg, in: "docs/pictures/\(name).svg")
  }

  @Test func `the picture of plan matches the golden file`() throws {
    try Self.expect(
      TerminalPicture(
        "kubectl storage-network plan --images 10 --range 192.168.0.0/25 --exclude 192.168.0.0/28 --suggest",
        Examples.plan().styledText(within: 100)), in: "plan")
  }

  @Test func `the picture of check matches the golden file`() throws {
    let value = #"{"vlan":4095,"range":"10.52.0.0/24","clusterNetwork":"storage"}"#
    try Self.expect(
      TerminalPicture(
        "kubectl storage-network check --value '\(value)'", Examples.check(value).styledText(within: 100)),
      in: "check")
  }

  @Test(arguments: ["completed", "left-behind", "exhausted"]) func `the picture of verify matches the golden file`(
    _ state: String
  ) throws {
    try Self.expect(
      TerminalPicture("kubectl storage-network verify", Golden.report(state).styledText(within: 100)),
      in: "verify-\(state)")
  }

  @Test func `the pictures of verify --watch match the golden files`() throws {
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    for (second, state) in `Progress monitor`.success where second <= 61 {
      _ = monitor.record(try Golden.report(state), at: .seconds(second))
    }
    try Self.expect(
      TerminalPicture("kubectl storage-network verify --watch", monitor.styledText(showsClock: true, outcome: nil)),
      in: "verify-watch")
  }
}
