package import Platform

extension Exposition {
  /// Adds the process metrics under the names that every Prometheus client library uses.
  ///
  /// <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>
  package mutating func add(_ statistics: ProcessStatistics) {
    begin("cpu_seconds_total", .counter, "User and system CPU time.", prefix: Self.process)
    add(statistics.cpuSeconds)
    begin("resident_memory_bytes", .gauge, "Resident memory.", prefix: Self.process)
    add(statistics.residentBytes)
    begin("virtual_memory_bytes", .gauge, "Virtual memory.", prefix: Self.process)
    add(statistics.virtualBytes)
    begin("open_fds", .gauge, "Open file descriptors.", prefix: Self.process)
    add(statistics.openDescriptors)
    begin("max_fds", .gauge, "Maximum number of open file descriptors.", prefix: Self.process)
    add(statistics.maxFileDescriptors)
    begin("start_time_seconds", .gauge, "Start time of the process since 1970.", prefix: Self.process)
    add(statistics.startSeconds)
  }

  private static let process = "process_"
}
