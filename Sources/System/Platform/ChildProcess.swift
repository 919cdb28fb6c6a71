/// Another program, run to its end for what it prints.
public struct ChildProcess {
  private let command: String
  private let arguments: [String]
  private let environment: [(name: String, value: String)]

  /// - Parameters:
  ///   - command: A path, or a name that is looked for in `PATH`.
  ///   - environment: Set in addition to this process's environment.
  public init(_ command: String, _ arguments: [String], environment: [(name: String, value: String)] = []) {
    self.command = command
    self.arguments = arguments
    self.environment = environment
  }

  /// What it prints to standard output; its standard error is ours, its standard input is empty.
  ///
  /// - Parameters:
  ///   - limit: More bytes than this end it.
  ///   - timeout: It is killed when it runs longer.
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
    guard status == 0 else { throw ChildFailure("\(command) failed (\(Self.words(for: status)))") }
    return bytes
  }

  /// The descriptor is closed here, so that the end of the program is the end of its output.
  private func start(writingTo output: consuming Descriptor) throws(Errno) -> Int32 {
    let variables = Environment.all.merging(environment.map { ($0.name, $0.value) }) { $1 }
    return try Syscalls.spawn(
      command, [command] + arguments, variables.map { "\($0.key)=\($0.value)" }, output: output.rawValue)
  }

  /// Nil when it takes too long or says too much.
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

  /// How wait(2) tells an end: by exit code or by signal.
  private static func words(for status: Int32) -> String {
    status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
  }
}

/// Why a program did not provide what it was run for.
public struct ChildFailure: Error, CustomStringConvertible, Sendable {
  public let description: String
  public let isMissing: Bool

  init(_ description: String, isMissing: Bool = false) {
    self.description = description
    self.isMissing = isMissing
  }
}
