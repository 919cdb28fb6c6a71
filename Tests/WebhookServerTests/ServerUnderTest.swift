import Foundation
import TestSupport

/// A server on this machine, in its own process or in this one, and functions that send requests to it.
protocol ServerUnderTest {
  var certificates: Certificates { get }
  var port: Int { get }
}

extension ServerUnderTest {
  var url: String { "https://localhost:\(port)" }

  /// Waits until it responds to reviews.
  func waitUntilReady() throws {
    let run = try Program.run(
      "curl",
      [
        "--silent", "--show-error", "--fail", "--cacert", certificates.authority, "--retry", "60", "--retry-delay", "1",
        "--retry-all-errors", "--max-time", "60", url + "/readyz",
      ])
    if run.exitCode != 0 {
      throw try MissingResponse(run: Program.run("curl", ["--silent", "--insecure", url + "/readyz"]))
    }
  }

  /// Sends a request by curl; a body is posted as JSON unless the options set another content type.
  func fetch(_ path: String, post body: String? = nil, _ options: String...) throws -> CurlResponse {
    try fetch(path, post: body, options)
  }

  func fetch(_ path: String, post body: String? = nil, _ options: [String]) throws -> CurlResponse {
    let hasType = options.contains { $0.hasPrefix("Content-Type:") }
    let type = hasType ? [] : ["--header", "Content-Type: application/json"]
    let post = body == nil ? [] : type + ["--data-binary", "@-"]
    let run = try Program.run(
      "curl",
      ["--silent", "--show-error", "--include", "--max-time", "60", "--cacert", certificates.authority]
        + post + options + [url + path],
      input: body ?? "")
    return try CurlResponse(of: run)
  }

  /// Opens a TLS connection, over which the test sends exact bytes.
  func connect(_ options: String..., isCaptured: Bool = true) throws -> Program {
    try Program(
      "openssl",
      [
        "s_client", "-quiet", "-verify_quiet", "-connect", "127.0.0.1:\(port)", "-servername", "localhost", "-CAfile",
        certificates.authority, "-alpn", "http/1.1",
      ] + options, isCaptured: isCaptured)
  }

  func validate(_ review: String, _ options: String...) throws -> Verdict {
    try Verdict(fetch("/validate?timeout=10s", post: review, options))
  }
}

/// An HTTP response in the format of `curl --include`.
struct CurlResponse {
  let version: String
  let status: Int
  let headers: [String: String]
  let body: String
  /// The heads of interim responses, for example `100 Continue`.
  let interim: [String]

  init(of run: Program.Run) throws {
    var parts = run.output.components(separatedBy: "\r\n\r\n")
    var heads: [String] = []
    while parts.count > 1, parts[0].hasPrefix("HTTP/") {
      heads.append(parts.removeFirst())
    }
    guard let head = heads.popLast() else { throw MissingResponse(run: run) }
    var lines = head.components(separatedBy: "\r\n")
    let words = lines.removeFirst().split(separator: " ")
    version = String(words[0])
    status = Int(words[1]) ?? 0
    headers = Dictionary(
      lines.map { line in
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
      }, uniquingKeysWith: { "\($0), \($1)" })
    body = parts.joined(separator: "\r\n\r\n")
    interim = heads
  }

  /// The error message in the JSON body.
  var error: String? { try? JSONDecoder().decode([String: String].self, from: Data(body.utf8))["error"] }
}

struct MissingResponse: Error, CustomStringConvertible {
  let run: Program.Run
  var description: String { "no HTTP response: \(run.exitCode) \(run.errors) \(run.output.prefix(500))" }
}

/// The response of an AdmissionReview, decoded by Foundation.
struct Verdict: Equatable {
  var isAllowed: Bool
  var code: Int?
  var message: String?
  /// The value that the patch sets.
  var storedAs: String?

  init(isAllowed: Bool) {
    self.isAllowed = isAllowed
  }

  init(_ response: CurlResponse) throws {
    let review = try JSONDecoder().decode(Review.self, from: Data(response.body.utf8))
    isAllowed = review.response.allowed
    code = review.response.status?.code
    message = review.response.status?.message
    storedAs = try review.response.patch.map { try JSONDecoder().decode([Operation].self, from: $0)[0].value }
  }

  private struct Review: Decodable {
    let response: Response
  }

  private struct Response: Decodable {
    let allowed: Bool
    let status: Status?
    let patch: Data?
  }

  private struct Status: Decodable {
    let code: Int
    let message: String
  }

  private struct Operation: Decodable {
    let op: String
    let path: String
    let value: String
  }
}
