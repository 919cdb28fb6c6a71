import Foundation
import TestSupport

/// The webhook, which watches a generated cluster, and what it costs.
final class WatchingServer {
  let apiServer: StubAPIServer
  private let program: Program
  private let connection: HTTPSConnection
  /// From exec to the first 200 of `/readyz`.
  let timeToReady: Duration

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(_ executable: String, _ cluster: GeneratedCluster) throws {
    let certificates = try Certificates()
    apiServer = try StubAPIServer(certificates) { cluster.answer($0) }
    try certificates.folder.write(
      """
      apiVersion: v1
      kind: Config
      current-context: here
      contexts: [{name: here, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "\(apiServer.url)", certificate-authority: "\(certificates.authority)"}}]
      users: [{name: u, user: {token: t}}]

      """, to: "config")
    let start = ContinuousClock.now
    program = try Program(
      executable,
      [
        "serve", "--listen", "127.0.0.1:0", "--drain-delay", "0", "--kubeconfig", certificates.folder.path("config"),
        "--tls-certificate", certificates.certificate, "--tls-key", certificates.key,
      ])
    let line = try program.errors.waitForLine(with: "listening")
    guard let port = line.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap({ Int($0.1) }) else {
      throw Failure(description: "no port: \(line)")
    }
    connection = try HTTPSConnection(port: port, ClientContext(authority: certificates.authority))
    while try connection.fetch("/readyz").status != 200 {
      guard start.duration(to: .now) < .seconds(120) else {
        throw Failure(description: "never ready: \(program.errors.text.suffix(2000))")
      }
      usleep(1_000)
    }
    timeToReady = start.duration(to: .now)
  }

  func validate(_ review: String) throws -> String { try connection.fetch("/validate", post: review).body }

  /// The events that have arrived.
  var events: Int {
    get throws {
      let lines = try connection.fetch("/metrics").body.split(separator: "\n")
      let counts = lines.filter { $0.contains("watch_events_total{") }.compactMap { $0.split(separator: " ").last }
      return counts.compactMap { Int($0) }.reduce(0, +)
    }
  }

  /// The CPU time of all threads so far, in microseconds.
  var cpuTime: Double {
    let tasks = "/proc/\(program.identifier)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.reduce(0) { sum, thread in
      let text = try? String(contentsOfFile: "\(tasks)/\(thread)/schedstat", encoding: .utf8)
      return sum + (text?.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1000
    }
  }

  /// The resident memory, in MiB.
  var residentMemory: Double {
    let text = try? String(contentsOfFile: "/proc/\(program.identifier)/statm", encoding: .utf8)
    return (text?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 4096 / 1_048_576
  }
}
