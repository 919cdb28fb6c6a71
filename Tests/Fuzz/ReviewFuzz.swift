import Admission
import Foundation
import JSON
import Rules

/// Every response is a review that Foundation can read, with the request's uid; a patched value needs no other patch.
func checkReview(_ input: [UInt8]) -> String? {
  let reviewer = Reviewer(ruleset: Ruleset())
  for webhook in [Reviewer.Webhook.validate, .mutate] {
    guard
      let result = try? reviewer.respond(
        to: input.span, for: webhook, in: { () throws(UnavailableError) in SharedFacts(ClusterFacts()) })
    else {
      continue
    }
    guard let review = try? JSONSerialization.jsonObject(with: Data(result.body)) as? [String: Any],
      let response = review["response"] as? [String: Any]
    else { return "the response is not a review: \(String(decoding: result.body, as: UTF8.self))" }
    if (response["uid"] as? String).map({ Array($0.utf8) }) != result.request.uid { return "the uid is another one" }
    if let failure = checkMessages(response) ?? checkPatch(result) { return failure }
  }
  return nil
}

/// A status is one line; a warning is one of at most 256 characters.
private func checkMessages(_ response: [String: Any]) -> String? {
  let warnings = response["warnings"] as? [String] ?? []
  if warnings.contains(where: { $0.utf8.count > 256 }) { return "a warning is too long" }
  let message = (response["status"] as? [String: Any])?["message"] as? String ?? ""
  if (warnings + [message]).contains(where: { $0.contains { $0.isNewline } }) { return "a message has several lines" }
  return nil
}

/// The result of the mutating webhook needs no further change.
private func checkPatch(_ result: Reviewer.Response) -> String? {
  guard case .patched(let operations) = result.outcome, let change = result.request.change else { return nil }
  let again = change.applying(operations).patch
  return again.isEmpty ? nil : "\(again) follows on \(operations)"
}
