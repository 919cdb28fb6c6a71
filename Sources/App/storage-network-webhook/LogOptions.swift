internal import ArgumentParser
internal import JSON
internal import Logging
internal import Platform

/// The format and the minimum level of log lines.
struct LogOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Format of log lines.", valueName: "text|json"))
  var logFormat = LogFormat.text

  @Option(
    help: ArgumentHelp(
      "Minimum level of log lines.", valueName: "trace|debug|info|notice|warning|error|critical"))
  var logLevel = LogLevel.info

  /// - Parameter queue: The queue of lines to write; without one the logging thread writes them itself.
  func logger(_ queue: AsyncLogWriter? = nil) -> Logger {
    var logger = Logger(label: "storage-network-webhook") { _ in LineLogHandler(format: logFormat, queue: queue) }
    logger.logLevel = logLevel.level
    return logger
  }
}

enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// The levels of swift-log by name.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}

/// Writes each event as one line to standard error.
struct LineLogHandler: LogHandler {
  let format: LogFormat
  let queue: AsyncLogWriter?
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  init(format: LogFormat, queue: AsyncLogWriter?) {
    self.format = format
    self.queue = queue
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = line(event.level, "\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 })
    guard let queue else { return StandardError.write(line) }
    queue.add(line) { self.line(.warning, "log lines were dropped", ["count": "\($0)"]) }
  }

  private func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
    let fields = metadata.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    return switch format {
    case .text: text(level, message, fields)
    case .json: json(level, message, fields)
    }
  }

  private func text(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]) -> String {
    let pairs = fields.map { " \($0.key)=\($0.value.logfmtQuoted)" }.joined()
    return "\(WallClock.timestamp) \(level) \(message)\(pairs)\n"
  }

  private func json(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)]) -> String {
    let known = [("time", WallClock.timestamp), ("level", "\(level)"), ("message", message)]
    let members = (known + fields).map { JSONMember(key: $0, value: .string($1)) }
    var writer = JSONWriter()
    writer.append(object: members)
    writer.append(raw: "\n")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension String {
  /// The text, quoted if its end would be ambiguous. Line breaks and quotes are escaped, so that nothing that a client
  /// sends can look like another log line.
  fileprivate var logfmtQuoted: String {
    let isPlain = !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x3D }
    if isPlain { return self }
    var writer = JSONWriter()
    writer.append(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
