import Foundation
import Fuzz
import Testing

/// An input of `Tests/FuzzRegressions/TARGET` that once broke something.
struct FailCase: CustomTestStringConvertible, Sendable {
  let target: FuzzTarget
  let file: URL

  var testDescription: String { "\(target.rawValue)/\(file.lastPathComponent)" }

  static let all: [FailCase] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "FuzzRegressions")
    return FuzzTarget.allCases.flatMap { target in
      let files = try? FileManager.default.contentsOfDirectory(
        at: folder.appending(path: target.rawValue), includingPropertiesForKeys: nil)
      return (files ?? []).sorted { $0.path < $1.path }.map { FailCase(target: target, file: $0) }
    }
  }()
}

@Suite struct `Inputs that broke something once` {
  @Test(arguments: FailCase.all) func `break nothing any more`(_ failCase: FailCase) throws {
    let input = Array(try Data(contentsOf: failCase.file))
    #expect(failCase.target.complaint(about: input) == nil)
  }

  @Test(arguments: FuzzTarget.allCases) func `nor does an empty input, nor one of each byte`(_ target: FuzzTarget) {
    #expect(target.complaint(about: []) == nil)
    for byte in UInt8.min...UInt8.max { #expect(target.complaint(about: [byte]) == nil) }
  }
}
