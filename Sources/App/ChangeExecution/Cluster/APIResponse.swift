internal import JSON

/// The API server's response.
package struct APIResponse: Sendable {
  package let status: Int
  package let body: [UInt8]

  package init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

extension APIResponse {
  var isSuccess: Bool { (200..<300).contains(status) }

  /// Whether the same request may succeed later: the API server is overloaded or restarts, or a webhook cannot be reached.
  var isTemporary: Bool { status == 429 || status >= 500 }

  var value: JSONValue? { try? JSONValue(parsing: body) }

  /// The words of the Status, or the status code.
  var message: String {
    let message = value?["message"]?.string ?? ""
    return message.isEmpty ? "the API server answered \(status)" : message
  }

  /// The reasons of a denial: the causes of the Status, or its message.
  var reasons: [String] {
    guard case .array(let causes)? = value?["details"]?["causes"], !causes.isEmpty else { return [message] }
    return causes.map { cause in
      let field = cause["field"]?.string ?? ""
      return (field.isEmpty ? "" : "\(field): ") + (cause["message"]?.string ?? "")
    }
  }
}
