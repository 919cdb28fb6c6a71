import Testing

@testable import Platform

@Suite struct `Child processes` {
  @Test func `the output of any size is returned`() throws {
    let child = ChildProcess("sh", ["-c", "head -c 300000 /dev/zero"])
    #expect(try child.output(limit: 300_000, timeout: .seconds(60)).count == 300_000)
    #expect(throws: ChildFailure.self) { try child.output(limit: 299_999, timeout: .seconds(60)) }
  }

  @Test func `a program is killed at the timeout`() throws {
    let error = #expect(throws: ChildFailure.self) {
      try ChildProcess("tail", ["-f", "/dev/null"]).output(limit: 10, timeout: .milliseconds(50))
    }
    #expect(error?.description.hasPrefix("tail did not end within 0.05 seconds") == true)
  }

  @Test func `the standard input is empty`() throws {
    #expect(try ChildProcess("cat", []).output(limit: 10, timeout: .seconds(60)) == [])
  }
}

@Suite struct `Wall clock` {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-11-24T04:17:01Z", 1_795_493_821), ("2026-11-24T04:17:01.987Z", 1_795_493_821),
    ("2026-11-24T05:17:01+01:00", 1_795_493_821), ("2026-11-24T00:47:01-03:30", 1_795_493_821),
    ("2028-02-29T23:59:59Z", 1_835_481_599),
  ]) func `RFC 3339 times are parsed`(_ text: String, _ seconds: Int64) {
    #expect(WallClock.seconds(at: text) == seconds)
  }

  @Test(arguments: ["", "soon", "2026-11-24", "2026-11-24T04:17:01", "2026-11-24T04:17:01+1", "2026-11-24T04:17Z"])
  func `an invalid time is rejected`(_ text: String) {
    #expect(WallClock.seconds(at: text) == nil)
  }
}
