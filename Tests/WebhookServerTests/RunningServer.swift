import Foundation
import TestSupport

/// The built server in a process of its own, on a port that the kernel picked.
final class RunningServer: ServerUnderTest {
  let certificates: Certificates
  /// Holds `cluster.yaml`, and the certificate that is served as `tls.pem` and `tls.key`.
  let folder: TemporaryFolder
  let program: Program
  let port: Int

  var log: Output { program.errors }

  /// - Parameters:
  ///   - source: The options that say which cluster to ask; nil for the snapshot in the folder.
  ///   - cluster: The snapshot's text; nil for the example.
  ///   - descriptors: How many the process may have open, if that is to be few.
  ///   - prepare: Puts the pair that is to be served into the folder.
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

/// Writes the pair that is to be served as two files.
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

  /// Of the line `listening`, which tells the address.
  var port: Int { fields["address"]?.split(separator: ":").last.flatMap { Int($0) } ?? 0 }
}

/// The reviews of a real API server that the repository serves as examples.
enum ExampleReview {
  static func text(_ name: String) throws -> String { try Repository.text("manifests/example/reviews/\(name).json") }

  static let names = [
    "create-empty", "delete", "update-dry-run-reserved-range", "update-pretty-printed-same-value", "update-set-value",
    "update-status-only",
  ]
}
