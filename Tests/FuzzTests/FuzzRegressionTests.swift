import Foundation
import Fuzz
import Testing

/// An input of `Tests/FuzzRegressions/TARGET` that has failed before.
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

@Suite struct `Fuzz regressions` {
  @Test(arguments: FailCase.all) func `an input that failed once passes`(_ failCase: FailCase) throws {
    let input = Array(try Data(contentsOf: failCase.file))
    #expect(failCase.target.check(input) == nil)
  }

  @Test(arguments: FuzzTarget.allCases) func `an empty input and every single byte pass`(_ target: FuzzTarget) {
    #expect(target.check([]) == nil)
    for byte in UInt8.min...UInt8.max { #expect(target.check([byte]) == nil) }
  }
}
