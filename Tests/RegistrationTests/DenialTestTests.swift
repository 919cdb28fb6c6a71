import Registration
import Testing

/// `register --test`: what the API server's response to a bad value says.
@Suite struct `Denial test` {
  @Test func `a bad value is sent as a dry run`() {
    let request = DenialTest.request(RegistrationOptions())
    #expect(request.method == "PATCH")
    #expect(request.path == "/apis/harvesterhci.io/v1beta1/settings/storage-network?dryRun=All")
    #expect(request.contentType == "application/merge-patch+json")
    #expect(String(decoding: request.body ?? [], as: UTF8.self) == #"{"value":"{\"vlan\":4095}"}"#)
  }

  static let ours =
    #"admission webhook \"storage-network.harvesterhci.io\" denied the request: value.vlan: Invalid value"#
  static let harvester = #"admission webhook \"validator.harvesterhci.io\" denied the request: invalid VLAN"#
  static let unreachable = #"failed calling webhook \"storage-network.harvesterhci.io\": no endpoints available"#

  static let table: [(status: Int, message: String, result: String, mayChange: Bool)] = [
    (422, ours, "denied", false),
    (200, "", "notAsked: it does not call the webhook", true),
    (422, harvester, "notAsked: another webhook", true),
    (400, harvester, "notAsked: another webhook", true),
    (500, unreachable, "failed: no endpoints", true),
    (404, #"settings.harvesterhci.io \"storage-network\" not found"#, "failed: not found", false),
    (403, "User cannot patch resource", "failed: cannot patch", false),
    (503, "no JSON", "failed: 503", true),
  ]

  @Test(arguments: table) func `only the webhook's own denial passes`(
    _ row: (status: Int, message: String, result: String, mayChange: Bool)
  ) {
    let body = row.message == "no JSON" ? "upstream" : "{\"message\":\"\(row.message)\"}"
    let words = row.result.split(separator: ": ", maxSplits: 1).map(String.init)
    let result = DenialTest.result(status: row.status, body: Array(body.utf8))
    #expect(result.mayChange == row.mayChange)
    switch result {
    case .denied(let message):
      #expect(words == ["denied"])
      #expect(message.hasSuffix("value.vlan: Invalid value"))
    case .notAsked(let reason): #expect(words[0] == "notAsked" && reason.contains(words[1]), "\(reason)")
    case .failed(let status, let reason):
      #expect(status == row.status)
      #expect(words[0] == "failed" && reason.contains(words[1]), "\(reason)")
    }
  }
}
