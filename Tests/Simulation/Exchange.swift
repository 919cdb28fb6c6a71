import Foundation

/// A request and exactly the answer it has to get.
struct Exchange: Equatable {
  let method: String
  let path: String
  let body: String
  let status: Int
  /// The body of the answer, or what it begins with.
  let answer: String
  var isWhole = true
  /// Has both lengths, which two parsers might read differently; only HTTP/1.1 can say that, and it is the last word.
  var isSmuggling = false

  func isAnswered(by status: Int, _ body: [UInt8]) -> Bool {
    guard status == self.status else { return false }
    let expected = Array(answer.utf8)
    if isWhole { return body == expected }
    return body.starts(with: expected) && (try? JSONSerialization.jsonObject(with: Data(body))) != nil
  }

  /// - Parameter name: Makes the request one of its kind, so that an answer to another one is told apart.
  static func all(_ name: String) -> [Exchange] {
    [
      Exchange(method: "GET", path: "/healthz", body: "", status: 200, answer: "ok\n"),
      Exchange(
        method: "GET", path: "/\(name)", body: "", status: 404,
        answer: #"{"error":"no such path"}"# + "\n"),
      allowed(name, padding: 0),
      allowed(name, padding: 60_000),
      denied(name),
      Exchange(
        method: "DELETE", path: "/validate", body: "", status: 405,
        answer: #"{"error":"the method must be POST"}"# + "\n"),
    ]
  }

  static func smuggling(size: Int) -> Exchange {
    Exchange(
      method: "POST", path: "/validate", body: String(repeating: "y", count: size), status: 400,
      answer: #"{"error":"Content-Length and Transfer-Encoding must not both be present"}"# + "\n", isSmuggling: true)
  }

  /// Harvester creates the setting empty, which is always allowed.
  static func allowed(_ uid: String, padding: Int) -> Exchange {
    Exchange(
      method: "POST", path: "/validate",
      body: review(uid, #""operation":"CREATE","object":\#(setting(padding))"#),
      status: 200, answer: verdict(uid, #""allowed":true"#))
  }

  /// The setting is kept; why is for other tests to compare.
  static func denied(_ uid: String) -> Exchange {
    let answer = verdict(uid, #""allowed":false,"status":"#)
    return Exchange(
      method: "POST", path: "/validate?timeout=10s",
      body: review(uid, #""operation":"DELETE","oldObject":\#(setting(0))"#), status: 200,
      answer: String(answer.dropLast(2)), isWhole: false)
  }

  private static func setting(_ padding: Int) -> String {
    #"{"apiVersion":"harvesterhci.io/v1beta1","kind":"Setting","metadata":{"name":"storage-network","annotations":{"#
      + #""padding":"\#(String(repeating: "x", count: padding))"}},"value":""}"#
  }

  private static func review(_ uid: String, _ rest: String) -> String {
    #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"\#(uid)","kind":"#
      + #"{"group":"harvesterhci.io","version":"v1beta1","kind":"Setting"},"resource":"#
      + #"{"group":"harvesterhci.io","version":"v1beta1","resource":"settings"},"name":"storage-network","#
      + #""userInfo":{"username":"admin"},\#(rest)}}"#
  }

  private static func verdict(_ uid: String, _ rest: String) -> String {
    #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"\#(uid)",\#(rest)}}"#
  }
}
