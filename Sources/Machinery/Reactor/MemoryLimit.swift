internal import Glibc

/// How much memory the process may take before the kernel ends it.
public enum MemoryLimit {
  /// The least of what its control group and the machine have.
  ///
  /// <https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files>
  public static var current: Int {
    let machine = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    return min(machine, ofControlGroup() ?? .max)
  }

  /// Nil where there is none.
  ///
  /// - Parameter root: Where `/proc` and `/sys` are.
  static func ofControlGroup(root: String = "") -> Int? {
    // A line for each hierarchy, such as `0::/system.slice/webhook.service`, or `4:memory:/…` in the first version.
    let groups = (try? text(of: root + "/proc/self/cgroup")) ?? ""
    let limits = groups.split(separator: "\n").flatMap { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      return fields.count == 3 ? files(controllers: fields[1], group: fields[2]) : []
    }
    return limits.compactMap { path in (try? text(of: root + path)).flatMap { Int($0.prefix { $0.isNumber }) } }.min()
  }

  /// A container may see its own group at the top, whatever name it has outside.
  private static func files(controllers: Substring, group: Substring) -> [String] {
    let (top, name) =
      switch controllers {
      case "": ("/sys/fs/cgroup", "memory.max")
      case "memory": ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      default: ("", "")
      }
    return top.isEmpty ? [] : ["\(top)\(group)/\(name)", "\(top)/\(name)"]
  }

  private static func text(of path: String) throws(FileError) -> String {
    String(decoding: try File.read(path, limit: 64 * 1024), as: UTF8.self)
  }
}
