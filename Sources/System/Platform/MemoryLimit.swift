internal import Glibc

/// The memory that the process may use before the kernel kills it.
public enum MemoryLimit {
  /// The minimum of the memory of the machine and the limit of the control group.
  ///
  /// <https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files>
  public static var current: Int {
    let machine = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    return min(machine, controlGroupLimit() ?? .max)
  }

  /// Returns the limit of the control group; nil without one.
  ///
  /// - Parameter root: The folder of `/proc` and `/sys`.
  static func controlGroupLimit(root: String = "") -> Int? {
    // A line per hierarchy, such as `0::/system.slice/webhook.service`, or `4:memory:/…` in version 1.
    let groups = (try? text(of: root + "/proc/self/cgroup")) ?? ""
    let limits = groups.split(separator: "\n").flatMap { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      return fields.count == 3 ? files(controllers: fields[1], group: fields[2]) : []
    }
    return limits.compactMap { path in
      (try? text(of: root + path)).flatMap { Int($0.prefix { $0.isNumber }) }
    }.min()
  }

  /// Returns the files of the group and of its parents, whose limits also apply. A container may see its own group as
  /// the root, whatever its name outside.
  private static func files(controllers: Substring, group: Substring) -> [String] {
    let (top, name): (String, String)
    switch controllers.split(separator: ",") {
    case []: (top, name) = ("/sys/fs/cgroup", "memory.max")
    case let several where several.contains("memory"):
      (top, name) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
    default: return []
    }
    let names = group.split(separator: "/").map(String.init)
    return (0...names.count).map { depth in ([top] + names.prefix(depth) + [name]).joined(separator: "/") }
  }

  private static func text(of path: String) throws(FileError) -> String {
    String(decoding: try File.read(path, limit: 64 * 1024), as: UTF8.self)
  }
}
