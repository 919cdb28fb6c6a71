import Foundation
import TestSupport

/// The server as a process, on a port that the kernel has chosen.
final class RunningServer: ServerUnderTest {
  let certificates: Certificates
  /// Contains `cluster.yaml`, and the served certificate as `tls.pem` and `tls.key`.
  let folder: TemporaryFolder
  let program: Program
  let port: Int

  var log: Output { program.errors }

  /// - Parameters:
  ///   - source: The options that select the cluster; nil for the snapshot in the folder.
  ///   - cluster: The content of the snapshot; nil for the example.
  ///   - descriptors: The limit of open files; nil for the default.
  ///   - prepare: Writes the served pair to the folder.
  init(
    source: [String]? = nil, _ options: String..., cluster: String? = nil, descriptors: Int? = nil,
    certificates: Certificates? = nil, prepare: (TemporaryFolder, Certificates) throws -> Void = writePair
  ) throws {
    self.certificates = try certificates ?? Certificates()
    folder = try TemporaryFolder()
    try folder.write(cluster ?? Repository.text("manifests/example/cluster.yaml"), to: "cluster.yaml")
    try prepare(folder, self.certificates)
    let wrapper = descriptors.map { ["prlimit", "--nofile=\($0):\($0)"] } ?? []
    let command =
      wrapper + [
        Repository.executable,
        "serve", "--listen", "127.0.0.1:0", "--tls-certificate", folder.path("tls.pem"), "--tls-key",
        folder.path("tls.key"), "--log-format", "json",
      ] + (source ?? ["--cluster-snapshot", folder.path("cluster.yaml")]) + options
    program = try Program(command[0], Array(command.dropFirst()))
    let line = try program.errors.waitForLine(with: #""message":"listening""#)
    port = try LogLine(line).port
  }
}

/// Writes the served pair as two files.
func writePair(_ folder: TemporaryFolder, _ certificates: Certificates) throws {
  try folder.write(certificates.text("server.pem"), to: "tls.pem")
  try folder.write(certificates.text("server.key"), to: "tls.key")
}

/// One line of the server's log in JSON.
struct LogLine {
  let fields: [String: String]

  init(_ line: String) throws {
    fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
  }

  /// The fields of the message `listening`.
  var port: Int { fields["address"]?.split(separator: ":").last.flatMap { Int($0) } ?? 0 }
}

/// The reviews of a real API server that the repository has as examples.
enum ExampleReview {
  static func text(_ name: String) throws -> String { try Repository.text("manifests/example/reviews/\(name).json") }

  static let names = [
    "create-empty", "delete", "update-dry-run-reserved-range", "update-pretty-printed-same-value", "update-set-value",
    "update-status-only",
  ]
}
