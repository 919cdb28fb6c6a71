import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite struct `Memory limit` {
  /// Files under a root, and their limit.
  static let table: [(what: String, files: [String: String], limit: Int?)] = [
    ("no control groups", [:], nil),
    ("a container", ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "536870912\n"], 536_870_912),
    ("no limit", ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"], nil),
    (
      "a service",
      ["proc/self/cgroup": "0::/system.slice/a:b\n", "sys/fs/cgroup/system.slice/a:b/memory.max": "9000\n"],
      9_000
    ),
    (
      "a service in a slice with a lower limit",
      [
        "proc/self/cgroup": "0::/small.slice/a.service\n", "sys/fs/cgroup/small.slice/memory.max": "4000\n",
        "sys/fs/cgroup/small.slice/a.service/memory.max": "max\n",
      ], 4_000
    ),
    (
      "a container whose cgroup has the host's path",
      ["proc/self/cgroup": "0::/kubepods/a\n", "sys/fs/cgroup/memory.max": "7000\n"], 7_000
    ),
    (
      "cgroup v1",
      [
        "proc/self/cgroup": "5:cpu,cpuacct:/a\n4:hugetlb,memory:/a\n0::/\n",
        "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "5000\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      ], 5_000
    ),
  ]

  @Test(arguments: table.indices) func `the limit is that of the control group and its parents`(_ row: Int) throws {
    let root = try TemporaryFolder()
    for (path, text) in Self.table[row].files {
      let file = URL(filePath: root.path(path))
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(MemoryLimit.controlGroupLimit(root: root.path("")) == Self.table[row].limit)
  }

  @Test func `the limit is at most the machine's memory`() {
    #expect((1 << 20...1 << 50).contains(MemoryLimit.current))
  }
}
