/// Another program, run for its output.
public struct ChildProcess {
  private let command: String
  private let arguments: [String]
  private let environment: [(name: String, value: String)]

  /// - Parameters:
  ///   - command: A path, or a name to look up in `PATH`.
  ///   - environment: Variables to add to this process's environment.
  public init(_ command: String, _ arguments: [String], environment: [(name: String, value: String)] = []) {
    self.command = command
    self.arguments = arguments
    self.environment = environment
  }

  /// Returns the program's standard output. It inherits standard error; its standard input is empty.
  ///
  /// - Parameters:
  ///   - limit: The maximum output in bytes; more kills the program.
  ///   - timeout: The time after which the program is killed.
  public func output(limit: Int, timeout: Duration) throws(ChildFailure) -> [UInt8] {
    var bytes: [UInt8]?
    let status: Int32
    do throws(Errno) {
      let (reading, writing) = try Syscalls.pipe()
      let output = Descriptor(owning: reading)
      let child = try start(writingTo: Descriptor(owning: writing))
      bytes = try? collect(from: output, limit: limit, until: .now + timeout)
      if bytes == nil { Syscalls.kill(child) }
      status = try Syscalls.waitForEnd(of: child)
    } catch {
      throw ChildFailure("\(command) cannot be run: \(error)", isMissing: error == .noSuchFile)
    }
    guard let bytes else {
      throw ChildFailure("\(command) did not end within \(timeout), or printed more than \(limit) bytes")
    }
    guard status == 0 else { throw ChildFailure("\(command) failed (\(Self.description(of: status)))") }
    return bytes
  }

  /// Starts the program and closes the descriptor, so that the program's exit ends its output.
  private func start(writingTo output: consuming Descriptor) throws(Errno) -> Int32 {
    let variables = Environment.all.merging(environment.map { ($0.name, $0.value) }) { $1 }
    return try Syscalls.spawn(
      command, [command] + arguments, variables.map { "\($0.key)=\($0.value)" }, output: output.rawValue)
  }

  /// Reads the output; nil after the timeout or above the limit.
  private func collect(from output: borrowing Descriptor, limit: Int, until end: MonotonicInstant) throws(Errno)
    -> [UInt8]?
  {
    let poller = try Poller(batch: 1)
    try poller.register(output, as: Poller.Token(slot: 0, generation: 0), for: .reading)
    var bytes: [UInt8] = []
    while true {
      let now = MonotonicInstant.now
      guard now < end, bytes.count <= limit else { return nil }
      var isReadable = false
      try poller.wait(until: end) { _ in isReadable = true }
      guard isReadable, case .processed(let chunk) = try output.read(atMost: 64 * 1024) else { continue }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  /// Describes a wait(2) status: an exit code or a signal.
  private static func description(of status: Int32) -> String {
    status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
  }
}

/// Why a program failed to provide its output.
public struct ChildFailure: Error, CustomStringConvertible, Sendable {
  public let description: String
  public let isMissing: Bool

  init(_ description: String, isMissing: Bool = false) {
    self.description = description
    self.isMissing = isMissing
  }
}
