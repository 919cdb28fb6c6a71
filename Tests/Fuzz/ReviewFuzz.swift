import Admission
import Foundation
import JSON
import Rules

/// Every answer is a review that Foundation reads too, with the uid of the question; what was patched stays as it is.
func complaintAboutReview(_ input: [UInt8]) -> String? {
  let reviewer = Reviewer(ruleset: Ruleset())
  for webhook in [Reviewer.Webhook.validate, .mutate] {
    guard
      let answer = try? reviewer.respond(
        to:
          input.span, for: webhook, in: { () throws(UnavailableError) in SharedFacts(ClusterFacts()) })
    else {
      continue
    }
    guard let review = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any],
      let response = review["response"] as? [String: Any]
    else { return "the answer is no review: \(String(decoding: answer.body, as: UTF8.self))" }
    if (response["uid"] as? String).map({ Array($0.utf8) }) != answer.request.uid { return "the uid is another one" }
    if let complaint = complaintAboutMessages(response) ?? complaintAboutPatch(answer) { return complaint }
  }
  return nil
}

/// A status is one line; a warning is one of at most 256 characters.
private func complaintAboutMessages(_ response: [String: Any]) -> String? {
  let warnings = response["warnings"] as? [String] ?? []
  if warnings.contains(where: { $0.utf8.count > 256 }) { return "a warning is too long" }
  let message = (response["status"] as? [String: Any])?["message"] as? String ?? ""
  if (warnings + [message]).contains(where: { $0.contains { $0.isNewline } }) { return "a message has several lines" }
  return nil
}

/// What the mutating webhook writes it would not change again.
private func complaintAboutPatch(_ answer: Reviewer.Response) -> String? {
  guard case .patched(let operations) = answer.outcome, let change = answer.request.change else { return nil }
  let again = change.applying(operations).patch
  return again.isEmpty ? nil : "\(again) follows on \(operations)"
}
