/// Writes metrics in the text format of Prometheus, one family after the other.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
struct Exposition: ~Copyable {
  private(set) var bytes: [UInt8] = []
  private var family = ""

  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  typealias Labels = KeyValuePairs<String, String>

  /// The prefix of this program's metrics; those of the process have the names that Prometheus defines.
  static let prefix = "storage_network_webhook_"

  init() {
    // The approximate size with every rule and kind.
    bytes.reserveCapacity(16 * 1024)
  }

  /// Begins a family; the samples that follow belong to it.
  ///
  /// - Parameter help: One sentence without line breaks and backslashes.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String, prefix: String = Exposition.prefix) {
    family = prefix + name
    append("# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n")
  }

  mutating func add(_ value: Int, _ labels: Labels = [:]) {
    append("\(family)\(text(labels)) \(value)\n")
  }

  mutating func add(_ value: Double, _ labels: Labels = [:]) {
    append("\(family)\(text(labels)) \(value)\n")
  }

  /// Adds a family with one sample.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    begin(name, kind, help)
    add(value)
  }

  /// Adds one histogram of the family.
  mutating func add(_ durations: HistogramSnapshot, label: (key: String, value: String)) {
    let pair = "\(label.key)=\"\(label.value)\""
    var count = 0
    for (bound, inBucket) in zip(HistogramSnapshot.boundsInSeconds, durations.counts) {
      count += inBucket
      append("\(family)_bucket{\(pair),le=\"\(bound)\"} \(count)\n")
    }
    count += durations.countAboveBounds
    append("\(family)_bucket{\(pair),le=\"+Inf\"} \(count)\n")
    append("\(family)_sum{\(pair)} \(Double(durations.nanoseconds) / 1e9)\n")
    append("\(family)_count{\(pair)} \(count)\n")
  }

  private func text(_ labels: Labels) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\($0.key)=\"\($0.value.escaped)\"" }.joined(separator: ",") + "}"
  }

  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }
}

extension String {
  /// The text as a label value: backslash, quote and line feed are escaped.
  fileprivate var escaped: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
