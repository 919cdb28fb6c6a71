internal import Glibc

/// The kernel's statistics of this process, for its metrics.
public struct ProcessStatistics: Sendable {
  public let cpuSeconds: Double
  public let residentBytes: Int
  public let virtualBytes: Int
  public let openDescriptors: Int
  public let maxFileDescriptors: Int
  /// The start time in seconds since 1970, to a hundredth of a second.
  public let startSeconds: Double

  /// Nil if `/proc` is not as expected of Linux.
  public static var current: ProcessStatistics? {
    guard let memory = try? File.read("/proc/self/statm", limit: limit).words,
      let descriptors = try? File.names(in: "/proc/self/fd"),
      memory.count > 1, let virtual = Int(memory[0]), let resident = Int(memory[1]), let startSeconds
    else { return nil }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return ProcessStatistics(
      cpuSeconds: cpuSeconds, residentBytes: resident * page, virtualBytes: virtual * page,
      // Reading the folder also needs a descriptor.
      openDescriptors: descriptors.count - 1, maxFileDescriptors: DescriptorLimit.current ?? 0,
      startSeconds: startSeconds)
  }

  /// The maximum size of a file. The longest, `/proc/stat`, has a number per interrupt and some per processor: far
  /// less.
  private static let limit = 64 * 1024 * 1024

  private static var cpuSeconds: Double {
    var usage = rusage()
    // Cannot fail: the call fills the structure, and RUSAGE_SELF is always valid.
    _ = unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// The boot time plus the ticks from boot to the start of this process (proc(5)).
  private static let startSeconds: Double? = {
    guard let process = try? File.read("/proc/self/stat", limit: limit),
      let name = process.lastIndex(of: UInt8(ascii: ")")),
      let system = try? File.read("/proc/stat", limit: limit).words,
      let boot = system.firstIndex(of: "btime").flatMap({ Double(system[$0 + 1]) })
    else { return nil }
    // The second field, the program's name, may contain spaces; the third field follows it.
    let fields = Array(process[(name + 1)...]).words
    guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }()
}

extension [UInt8] {
  fileprivate var words: [String] {
    split { $0 == 0x20 || $0 == 0x0A }.map { String(decoding: $0, as: UTF8.self) }
  }
}
