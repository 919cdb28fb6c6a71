internal import CLinux
internal import Glibc

/// A thread of the operating system, for loops that never wait for anything but their poller.
package struct Thread: ~Copyable {
  private let handle: pthread_t

  /// - Parameter name: At most 15 bytes, as `top -H` shows it.
  package init(named name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
    let work = unsafe Unmanaged.passRetained(Work(name: name, body: body))
    var handle = pthread_t()
    let result = unsafe pthread_create(
      &handle, nil,
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
      throw Errno(rawValue: result)
    }
    self.handle = handle
  }

  /// Waits until the body has returned.
  package consuming func join() {
    pthread_join(handle, nil)
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

/// How many processors this process may use; at least one.
package var processorCount: Int { max(1, Int(clinux_processor_count())) }
