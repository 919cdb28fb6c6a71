import Foundation

/// Files of the repository that hold what a test expects.
public enum GoldenFile {
  /// `UPDATE_GOLDEN=1 swift test` rewrites the files; read the difference before committing it.
  public static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

  /// Returns whether a file has this text, after it was rewritten if that is asked for.
  public static func matches(_ text: String, _ path: String) throws -> Bool {
    if isUpdating { try text.write(toFile: Repository.path(path), atomically: true, encoding: .utf8) }
    return (try? Repository.text(path)) == text
  }
}
