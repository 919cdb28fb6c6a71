package import ClusterState
internal import JSON

/// A test of the whole path from the API server to a serving pod: a bad value of the setting, sent to the API server as a
/// dry run, must be denied by the webhook.
package enum DenialTest {
  package enum Result: Equatable, Sendable {
    /// The webhook's denial, as users see it.
    case denied(String)
    /// The API server would have stored the value, or another webhook denied it first.
    case notAsked(String)
    /// The API server could not ask: it said why.
    case failed(status: Int, String)

    /// Whether asking again may help: an API server learns of a changed configuration within about a second, and of a
    /// Service's pods likewise.
    package var mayChange: Bool {
      switch self {
      case .denied: false
      case .notAsked: true
      case .failed(let status, _): status >= 500
      }
    }
  }

  /// No version of Harvester takes this VLAN.
  static let badValue = #"{"vlan":4095}"#

  package static func request(_ options: RegistrationOptions) -> APIRequest {
    APIRequest(
      method: "PATCH", path: ManagedObject.setting.path(options) + "?dryRun=All",
      body: JSONValue.members(["value": .string(badValue)]).json, contentType: "application/merge-patch+json")
  }

  package static func result(status: Int, body: [UInt8]) -> Result {
    let message = (try? JSONValue(parsing: body))?["message"]?.string ?? ""
    switch status {
    case 200..<300:
      return .notAsked("the API server accepts \(badValue), as a dry run: it does not call the webhook")
    case 422 where message.contains("\"\(RegistrationNames.webhook)\""): return .denied(message)
    case 400, 422: return .notAsked("another webhook denies \(badValue) first: \(message)")
    default: return .failed(status: status, "the API server answered \(status): \(message)")
    }
  }
}
