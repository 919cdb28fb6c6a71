import Foundation
import TestSupport
import Testing

/// One Swift file of the repository.
struct SourceFile: CustomTestStringConvertible, Sendable {
  /// From the top of the repository, for example `Sources/Domain/JSON/JSONReader.swift`.
  let path: String
  let lines: [String]

  var testDescription: String { path }
  private var parts: [String] { path.split(separator: "/").map(String.init) }

  /// `Domain`, `Protocol`, `System` or `App`.
  var layer: String { parts[1] }
  var target: String { parts[2] }
  var name: String { String((parts.last ?? "").dropLast(".swift".count)) }

  /// The Swift files under a folder, sorted.
  static func all(under folder: String) -> [SourceFile] {
    let top = Repository.path(folder)
    let paths = FileManager.default.enumerator(atPath: top)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let text = (try? Repository.text("\(folder)/\(path)")) ?? ""
      return SourceFile(path: "\(folder)/\(path)", lines: text.components(separatedBy: "\n"))
    }
  }

  /// The code without comments and strings.
  var code: [String] {
    lines.map { line in
      var code = ""
      var isInString = false
      for character in line.replacing("\\\"", with: "").replacing("//", with: "\u{0}") {
        if character == "\"" {
          isInString.toggle()
        } else if !isInString {
          if character == "\u{0}" { break }
          code.append(character)
        }
      }
      return code
    }
  }
}

/// One `import` line.
struct Import {
  let module: String
  let access: String?

  init?(_ line: String) {
    var words = line.split(separator: " ").map(String.init)
    guard let place = words.firstIndex(of: "import"), place < 3, words.count == place + 2 else { return nil }
    words.removeAll { $0.hasPrefix("@") }
    module = words[words.count - 1]
    access = words.count == 3 ? words[0] : nil
  }
}
