internal import Platform

extension Exposition {
  /// Adds the process metrics under the names that every Prometheus client library uses.
  ///
  /// <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>
  mutating func add(_ statistics: ProcessStatistics) {
    begin("cpu_seconds_total", .counter, "CPU time spent, user and system.", prefix: Self.process)
    add(statistics.cpuSeconds)
    begin("resident_memory_bytes", .gauge, "Memory held in RAM.", prefix: Self.process)
    add(statistics.residentBytes)
    begin("virtual_memory_bytes", .gauge, "Memory reserved.", prefix: Self.process)
    add(statistics.virtualBytes)
    begin("open_fds", .gauge, "Open file descriptors.", prefix: Self.process)
    add(statistics.openDescriptors)
    begin("max_fds", .gauge, "File descriptors that may be open.", prefix: Self.process)
    add(statistics.maxFileDescriptors)
    begin("start_time_seconds", .gauge, "When the process started, since 1970.", prefix: Self.process)
    add(statistics.startSeconds)
  }

  private static let process = "process_"
}
