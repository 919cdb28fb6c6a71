/// Writes metrics in the text format of Prometheus, one family after the other.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
package struct Exposition: ~Copyable {
  package private(set) var bytes: [UInt8] = []
  private var family = ""

  package enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  package typealias Labels = KeyValuePairs<String, String>

  /// The prefix of this program's metrics; those of the process have the names that Prometheus defines.
  package static let prefix = "storage_network_webhook_"

  package init() {
    // The approximate size with every rule and kind.
    bytes.reserveCapacity(16 * 1024)
  }

  /// Begins a family; the samples that follow belong to it.
  ///
  /// - Parameter help: One sentence without line breaks and backslashes.
  package mutating func begin(_ name: String, _ kind: Kind, _ help: String, prefix: String = Exposition.prefix) {
    family = prefix + name
    append("# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n")
  }

  /// - Parameter suffix: That of the name, for the samples of a histogram.
  package mutating func add(_ value: Int, _ labels: Labels = [:], suffix: String = "") {
    append("\(family)\(suffix)\(text(labels)) \(value)\n")
  }

  package mutating func add(_ value: Double, _ labels: Labels = [:], suffix: String = "") {
    append("\(family)\(suffix)\(text(labels)) \(value)\n")
  }

  /// Adds a family with one sample.
  package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    begin(name, kind, help)
    add(value)
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
