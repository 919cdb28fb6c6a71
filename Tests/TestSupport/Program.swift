public import Foundation

/// A child process with its input and outputs, ended at the latest when it is deinitialized.
///
/// Every wait is for an event of the process and has a timeout.
public final class Program: @unchecked Sendable {
  // Sendable: the process is started in `init`; afterwards only calls that Foundation allows from any thread are made.

  /// The timeout of each wait in seconds; long, because a loaded machine is slow.
  public static let timeout: TimeInterval = 60

  private let process = Process()
  private let input = Pipe()
  public let output: Output
  public let errors: Output

  /// - Parameters:
  ///   - name: A path, or a name to find in PATH.
  ///   - isCaptured: False leaves its output in the pipe, so that the process blocks when the pipe is full.
  public init(_ name: String, _ arguments: [String], isCaptured: Bool = true) throws {
    // A process that exits before it has read its input must not end the tests.
    _ = Self.ignoresBrokenPipes
    let outputPipe = Pipe()
    let errorPipe = Pipe()
    for pipe in [input, outputPipe, errorPipe] {
      // Otherwise processes that are started concurrently would keep each other's pipes open.
      for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
        _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
      }
    }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardInput = input
    process.standardOutput = outputPipe
    process.standardError = errorPipe
    try process.run()
    try? input.fileHandleForReading.close()
    output = Output(of: outputPipe, isCaptured: isCaptured)
    errors = Output(of: errorPipe)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  public func send(_ text: String) { send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) { try? input.fileHandleForWriting.write(contentsOf: Data(bytes)) }

  public func endInput() { try? input.fileHandleForWriting.close() }

  public var identifier: Int32 { process.processIdentifier }

  /// Whether SIGSTOP has stopped every thread.
  public var isStopped: Bool {
    let tasks = "/proc/\(identifier)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return !threads.isEmpty
      && threads.allSatisfy {
        (try? String(contentsOfFile: "\(tasks)/\($0)/status", encoding: .utf8))?.contains("State:\tT") == true
      }
  }

  public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until the process has exited and returns its exit code.
  public func exitCode() throws -> Int32 {
    // Its outputs reach end of file when it exits.
    try output.waitForEnd()
    try errors.waitForEnd()
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Whether the process has exited, even if its output is still open.
  public var hasEnded: Bool { !process.isRunning }

  private static let ignoresBrokenPipes: Void = { _ = Foundation.signal(SIGPIPE, SIG_IGN) }()
}

extension Program {
  /// The result of a process that has exited.
  public struct Run: Sendable {
    public let exitCode: Int32
    public let output: String
    public let errors: String
  }

  /// Returns whether a program is in PATH, for tests that some machines cannot run.
  public static func isInstalled(_ name: String) -> Bool {
    (try? run("which", [name]))?.exitCode == 0
  }

  /// Runs a program and waits until it exits.
  public static func run(_ name: String, _ arguments: [String], input: String = "") throws -> Run {
    let program = try Program(name, arguments)
    program.send(input)
    program.endInput()
    let exitCode = try program.exitCode()
    return Run(exitCode: exitCode, output: program.output.text, errors: program.errors.text)
  }
}

/// The output of a process, collected in the background.
public final class Output: @unchecked Sendable {
  // Sendable: all mutable state is guarded by the condition.

  private let condition = NSCondition()
  private var bytes = Data()
  private var hasEnded = false
  private var isPaused = false

  /// Kept open so that the pipe always has a reader.
  private let handle: FileHandle

  init(of pipe: Pipe, isCaptured: Bool = true) {
    handle = pipe.fileHandleForReading
    try? pipe.fileHandleForWriting.close()
    guard isCaptured else { return }
    let thread = Thread { [self, handle] in
      while case let data = handle.availableData, !data.isEmpty {
        add(data)
        waitWhilePaused()
      }
      end()
    }
    thread.start()
  }

  /// Reading is suspended while this is true, except for a read that has already begun.
  public var pauses: Bool {
    get { condition.withLock { isPaused } }
    set {
      condition.withLock {
        isPaused = newValue
        condition.broadcast()
      }
    }
  }

  private func waitWhilePaused() {
    condition.withLock { while isPaused { condition.wait() } }
  }

  public var text: String { condition.withLock { text(of: bytes) } }

  private func text(of bytes: Data) -> String { String(decoding: bytes, as: UTF8.self) }

  public var lines: [String] { text.split(separator: "\n").map(String.init) }

  /// Waits for a line that contains a text and returns the line.
  @discardableResult
  public func waitForLine(with words: String..., after count: Int = 0) throws -> String {
    var found: String?
    try wait(for: words.joined(separator: " … ")) { text in
      let lines = text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
      found = lines.filter { line in words.allSatisfy(line.contains) }.dropFirst(count).first.map(String.init)
      return found != nil
    }
    return found ?? ""
  }

  public func wait(forText words: String) throws {
    try wait(for: words) { $0.contains(words) }
  }

  /// Waits for the end of the output.
  public func waitForEnd(within timeout: TimeInterval = Program.timeout) throws {
    let deadline = Date(timeIntervalSinceNow: timeout)
    try condition.withLock {
      while !hasEnded {
        guard condition.wait(until: deadline) else { throw OutputTimeout(expected: "the end", text: text(of: bytes)) }
      }
    }
  }

  private func wait(for what: String, _ isMatch: (String) -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    try condition.withLock {
      while !isMatch(text(of: bytes)) {
        if hasEnded || !condition.wait(until: deadline) {
          throw OutputTimeout(expected: what, text: text(of: bytes))
        }
      }
    }
  }

  private func add(_ data: Data) {
    condition.withLock {
      bytes += data
      condition.broadcast()
    }
  }

  private func end() {
    condition.withLock {
      hasEnded = true
      condition.broadcast()
    }
  }
}

/// Polls a condition; returns false after a timeout.
public func eventually(_ condition: () -> Bool) -> Bool {
  let deadline = Date(timeIntervalSinceNow: Program.timeout)
  let pause = NSCondition()
  while !condition() {
    if Date() > deadline { return false }
    _ = pause.withLock { pause.wait(until: Date(timeIntervalSinceNow: 0.002)) }
  }
  return true
}

/// The process did not print an expected text.
public struct OutputTimeout: Error, CustomStringConvertible {
  let expected: String
  let text: String

  public init(expected: String, text: String) {
    self.expected = expected
    self.text = text
  }

  public var description: String { "timed out waiting for \(expected); output: \(text.suffix(2000))" }
}
