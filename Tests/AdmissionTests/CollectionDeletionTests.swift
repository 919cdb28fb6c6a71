import Foundation
import JSON
import Rules
import Testing

@testable import Admission

/// `kubectl delete --raw /apis/harvesterhci.io/v1beta1/settings` deletes every setting; the API server reviews each
/// object in its own request, without a name (measured with 1.36).
@Suite struct `Deletion of a collection` {
  func outcome(name: String?, oldName: String) throws -> Outcome {
    let nameMember = name.map { #""name":"\#($0)","# } ?? ""
    let body = """
      {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1",\(nameMember)
       "resource":{"group":"harvesterhci.io","version":"v1beta1","resource":"settings"},"operation":"DELETE","object":null,
       "oldObject":{"kind":"Setting","metadata":{"managedFields":[{"name":"x"}],"name":"\(oldName)"},"value":""}}}
      """
    return try Reviewer(ruleset: Ruleset()).respond(to: Array(body.utf8).span, for: .validate) {
      SharedFacts(ClusterFacts())
    }.outcome
  }

  @Test(arguments: [nil, "", "storage-network"] as [String?])
  func `deletion of the setting is denied, with or without a name in the request`(_ name: String?) throws {
    guard case .denied(let violations, _) = try outcome(name: name, oldName: "storage-network") else {
      Issue.record("the setting would be deleted")
      return
    }
    #expect(violations.map(\.rule) == ["SettingIsNotDeleted"])
  }

  @Test(arguments: [(nil, "ui-source"), ("", "ui-source"), ("ui-source", "storage-network")] as [(String?, String)])
  func `deletion of other settings is allowed`(_ name: String?, _ oldName: String) throws {
    #expect(try outcome(name: name, oldName: oldName) == .allowed(warnings: []))
  }
}
