import Foundation

/// Programs of others that `make test` installs where it can (Tests/Tools/install).
public enum Tools {
  /// Helm 4 and Helm 3, as far as they are there.
  public static let helms = [find("helm", variable: "HELM"), find("helm3", variable: "HELM3")].compactMap(\.self)

  public static let kubectl = find("kubectl", variable: "KUBECTL")

  /// A program that a variable names, one that is installed, or one in PATH.
  private static func find(_ name: String, variable: String) -> String? {
    let installed = Repository.path(".build/tools/\(name)")
    return [ProcessInfo.processInfo.environment[variable], installed].compactMap(\.self)
      .first { FileManager.default.isExecutableFile(atPath: $0) } ?? (Program.isInstalled(name) ? name : nil)
  }
}
