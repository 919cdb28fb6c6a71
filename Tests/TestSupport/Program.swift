public import Foundation

/// Another program under the eye of a test: fed, listened to, and gone with its last owner.
///
/// Every wait is for something that the program says or does, and is bounded.
public final class Program: @unchecked Sendable {
  // Sendable: the process is started in `init`; afterwards only calls that Foundation allows from any thread are made.

  /// After so many seconds a test gives up hope, not before: a loaded machine is slow, not wrong.
  public static let timeout: TimeInterval = 60

  private let process = Process()
  private let input = Pipe()
  public let output: Output
  public let errors: Output

  /// - Parameters:
  ///   - name: A path, or a name that is looked up in PATH.
  ///   - isHeard: False leaves what it writes in the pipe, so that it has to wait when that is full.
  public init(_ name: String, _ arguments: [String], isHeard: Bool = true) throws {
    // A program that ends before it has read its input must not end the tests.
    _ = Self.ignoresBrokenPipes
    let outputPipe = Pipe()
    let errorPipe = Pipe()
    for pipe in [input, outputPipe, errorPipe] {
      // Else programs started meanwhile would keep each other's pipes open.
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
    output = Output(of: outputPipe, isHeard: isHeard)
    errors = Output(of: errorPipe)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  public func send(_ text: String) { send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) { try? input.fileHandleForWriting.write(contentsOf: Data(bytes)) }

  public func endInput() { try? input.fileHandleForWriting.close() }

  public var identifier: Int32 { process.processIdentifier }

  /// By SIGSTOP, which reaches each thread for itself.
  public var isStopped: Bool {
    let tasks = "/proc/\(identifier)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return !threads.isEmpty
      && threads.allSatisfy {
        (try? String(contentsOfFile: "\(tasks)/\($0)/status", encoding: .utf8))?.contains("State:\tT") == true
      }
  }

  public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until the program has ended, and gives its exit code.
  public func exitCode() throws -> Int32 {
    // Its outputs end when it ends.
    try output.waitForEnd()
    try errors.waitForEnd()
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Whether it has ended, whoever still reads what it wrote.
  public var hasEnded: Bool { !process.isRunning }

  private static let ignoresBrokenPipes: Void = { _ = Foundation.signal(SIGPIPE, SIG_IGN) }()
}

extension Program {
  /// What a program that ran to its end has said.
  public struct Run: Sendable {
    public let exitCode: Int32
    public let output: String
    public let errors: String
  }

  /// Whether a program is in PATH; for tests that some machines cannot run.
  public static func isInstalled(_ name: String) -> Bool {
    (try? run("which", [name]))?.exitCode == 0
  }

  /// Runs a program to its end.
  public static func run(_ name: String, _ arguments: [String], input: String = "") throws -> Run {
    let program = try Program(name, arguments)
    program.send(input)
    program.endInput()
    let exitCode = try program.exitCode()
    return Run(exitCode: exitCode, output: program.output.text, errors: program.errors.text)
  }
}

/// What a program writes, gathered as it comes.
public final class Output: @unchecked Sendable {
  // Sendable: everything that changes is guarded by the condition.

  private let condition = NSCondition()
  private var bytes = Data()
  private var hasEnded = false
  private var isPaused = false

  /// Kept open, whether anybody reads from it or not.
  private let handle: FileHandle

  init(of pipe: Pipe, isHeard: Bool = true) {
    handle = pipe.fileHandleForReading
    try? pipe.fileHandleForWriting.close()
    guard isHeard else { return }
    let thread = Thread { [self, handle] in
      while case let data = handle.availableData, !data.isEmpty {
        add(data)
        waitWhilePaused()
      }
      end()
    }
    thread.start()
  }

  /// Nobody reads on until this is false again, but for what may be on its way.
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

  /// Waits until the output has a line with these words, and gives the line.
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

  /// Waits until the program can write no more.
  public func waitForEnd(within timeout: TimeInterval = Program.timeout) throws {
    let deadline = Date(timeIntervalSinceNow: timeout)
    try condition.withLock {
      while !hasEnded {
        guard condition.wait(until: deadline) else { throw NeverCame(what: "the end", text: text(of: bytes)) }
      }
    }
  }

  private func wait(for what: String, _ isThere: (String) -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    try condition.withLock {
      while !isThere(text(of: bytes)) {
        if hasEnded || !condition.wait(until: deadline) {
          throw NeverCame(what: what, text: text(of: bytes))
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

/// Looks again and again until something is so; false when it never came to be.
public func eventually(_ isSo: () -> Bool) -> Bool {
  let deadline = Date(timeIntervalSinceNow: Program.timeout)
  let pause = NSCondition()
  while !isSo() {
    if Date() > deadline { return false }
    _ = pause.withLock { pause.wait(until: Date(timeIntervalSinceNow: 0.002)) }
  }
  return true
}

/// Something that a program was expected to say and did not.
public struct NeverCame: Error, CustomStringConvertible {
  let what: String
  let text: String

  public init(what: String, text: String) {
    self.what = what
    self.text = text
  }

  public var description: String { "never came: \(what); what came: \(text.suffix(2000))" }
}
