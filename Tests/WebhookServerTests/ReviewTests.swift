import Foundation
import TestSupport
import Testing

@Suite struct `Reviews over TLS` {
  let server: RunningServer

  init() throws {
    server = try RunningServer()
  }

  /// The responses of the two webhooks to each example, one line each.
  static let table: [(review: String, storedAs: String?, isAllowed: Bool, mention: String)] = [
    ("create-empty", nil, true, ""),
    ("delete", nil, false, "must not be deleted"),
    ("update-dry-run-reserved-range", nil, false, "10.52.0.0/16"),
    (
      "update-pretty-printed-same-value",
      #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#, true, ""
    ),
    ("update-set-value", nil, true, ""),
    ("update-status-only", nil, true, ""),
  ]

  @Test func `every example review gets the same verdict over HTTP/1.1 and HTTP/2`() throws {
    #expect(Self.table.map(\.review) == ExampleReview.names)
    for (name, storedAs, isAllowed, mention) in Self.table {
      let review = try ExampleReview.text(name)
      var bodies: [[String]] = []
      for (option, version) in [("--http1.1", "HTTP/1.1"), ("--http2", "HTTP/2")] {
        let mutation = try server.fetch("/mutate?timeout=10s", post: review, option)
        let validation = try server.fetch("/validate?timeout=10s", post: review, option)
        #expect(mutation.version == version)
        #expect(mutation.status == 200)
        #expect(validation.status == 200)
        #expect(validation.headers["content-type"] == "application/json")

        let verdict = try Verdict(validation)
        var mutated = try Verdict(mutation)
        #expect(mutated.storedAs == storedAs)
        mutated.storedAs = nil
        #expect(mutated == verdict, "\(name)")
        #expect(verdict.isAllowed == isAllowed, "\(name)")
        #expect(verdict.code == (isAllowed ? nil : 422))
        #expect(verdict.message?.contains(mention) == (isAllowed ? nil : true))
        bodies.append([mutation.body, validation.body])
      }
      #expect(bodies[0] == bodies[1])
    }
  }

  @Test func `a request with the API server's exact bytes gets a response`() throws {
    let review = try ExampleReview.text("update-set-value")
    let connection = try server.connect()
    connection.send(
      "POST /validate?timeout=10s HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nUser-Agent: kube-apiserver-admission\r\n"
        + "Content-Length: \(review.utf8.count)\r\nAccept: application/json, */*\r\nContent-Type: application/json\r\n"
        + "Accept-Encoding: gzip\r\n\r\n\(review)")
    try connection.output.wait(forText: #""allowed":true}}"#)
    #expect(connection.output.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(!connection.output.text.contains("Connection: close"))
  }

  @Test(arguments: ["--http1.1", "--http2"])
  func `two requests use one connection`(_ version: String) throws {
    let path = server.folder.path("review.json")
    try server.folder.write(ExampleReview.text("update-set-value"), to: "review.json")
    let transfer = [
      "--cacert", server.certificates.authority, version, "--silent", "--header", "Content-Type: application/json",
      "--data-binary", "@\(path)", "--output", server.folder.path("response"), "--write-out",
      "%{http_code} %{num_connects} ", "\(server.url)/validate",
    ]
    let run = try Program.run("curl", transfer + ["--next"] + transfer)
    #expect(run.output == "200 1 200 0 ")
  }

  @Test func `Expect: 100-continue gets an interim response`() throws {
    let response = try server.fetch(
      "/validate", post: ExampleReview.text("update-set-value"), "--http1.1", "--header", "Expect: 100-continue")
    #expect(response.interim == ["HTTP/1.1 100 Continue"])
    #expect(try Verdict(response) == Verdict(isAllowed: true))
  }

  @Test func `a chunked body is read`() throws {
    let response = try server.fetch(
      "/validate", post: ExampleReview.text("update-set-value"), "--http1.1", "--header", "Transfer-Encoding: chunked")
    #expect(try Verdict(response) == Verdict(isAllowed: true))
  }

  @Test func `a review of several megabytes is read`() throws {
    let filler = String(repeating: #"{"f:key":{}},"#, count: 400_000)
    let review = try ExampleReview.text("update-dry-run-reserved-range").replacing(
      #""managedFields":["#, with: #""managedFields":[\#(filler)"#, maxReplacements: 1)
    #expect(review.utf8.count > 5_000_000)
    #expect(try server.validate(review, "--http1.1").code == 422)
    #expect(try server.validate(review, "--http2").code == 422)
  }

  @Test(arguments: [["--tlsv1.2", "--tls-max", "1.2"], ["--tlsv1.3"]])
  func `TLS 1.2 and 1.3 are supported`(_ options: [String]) throws {
    #expect(try server.fetch("/healthz", options).body == "ok\n")
  }

  @Test func `nghttp gets a verdict`() throws {
    try server.folder.write(ExampleReview.text("delete"), to: "review.json")
    let run = try Program.run(
      "nghttp",
      [
        "--data=\(server.folder.path("review.json"))", "--header=content-type: application/json",
        "\(server.url)/validate",
      ])
    #expect(run.output.contains(#""code":422"#))
  }

  @Test(arguments: [["--h1"], ["--npn-list=h2", "--max-concurrent-streams=10"]])
  func `32 concurrent connections get every response`(_ options: [String]) throws {
    try server.folder.write(ExampleReview.text("update-set-value"), to: "review.json")
    let run = try Program.run(
      "h2load",
      options + [
        "--requests=3200", "--clients=32", "--data=\(server.folder.path("review.json"))",
        "--header=content-type: application/json", "\(server.url)/validate",
      ])
    #expect(run.output.contains("3200 total, 3200 started, 3200 done, 3200 succeeded, 0 failed, 0 errored, 0 timeout"))
    #expect(run.output.contains("3200 2xx, 0 3xx, 0 4xx, 0 5xx"), "\(run.output)")
    let metrics = try server.fetch("/metrics").body
    #expect(
      metrics.contains(
        #"storage_network_webhook_reviews_total{webhook="validate",operation="UPDATE",verdict="allowed"} 3200"#))
  }
}
