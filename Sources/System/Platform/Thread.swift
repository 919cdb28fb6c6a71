internal import CLinux
internal import Glibc

/// Operating system threads, for event loops that block only in their poller.
public enum Thread {
  /// Starts a detached thread that runs until `body` returns.
  ///
  /// - Parameter name: At most 15 bytes, as shown by `top -H`.
  public static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
    let work = unsafe Unmanaged.passRetained(Work(name: name, body: body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        // Sound: this is the one reference that was retained for the new thread.
        guard let argument = unsafe argument else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        unsafe clinux_name_thread(work.name)
        work.body()
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      unsafe work.release()
      throw ThreadError(errno: Errno(rawValue: result))
    }
    pthread_detach(thread)
  }

  private final class Work: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}

/// The error of a thread that cannot be started, nearly always due to a limit.
public struct ThreadError: Error, CustomStringConvertible, Sendable {
  let errno: Errno

  public var description: String {
    "no thread can be started: \(errno) (ulimit -u, or pids.max of the control group)"
  }
}

/// The number of processors that this process may use; at least one.
public var processorCount: Int { max(1, Int(clinux_processor_count())) }
