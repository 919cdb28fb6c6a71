import Foundation

/// A request and its exact expected response.
struct Exchange: Equatable {
  let method: String
  let path: String
  let body: String
  let status: Int
  /// The body of the response, or its beginning.
  let response: String
  var isWhole = true
  /// Whether it has both lengths, which two parsers may read differently; only in HTTP/1.1, as the last request.
  var isSmuggling = false

  func isAnswered(by status: Int, _ body: [UInt8]) -> Bool {
    guard status == self.status else { return false }
    let expected = Array(response.utf8)
    if isWhole { return body == expected }
    return body.starts(with: expected) && (try? JSONSerialization.jsonObject(with: Data(body))) != nil
  }

  /// - Parameter name: Makes the request unique, so that its response cannot be confused with another one.
  static func all(_ name: String) -> [Exchange] {
    [
      Exchange(method: "GET", path: "/healthz", body: "", status: 200, response: "ok\n"),
      Exchange(
        method: "GET", path: "/\(name)", body: "", status: 404,
        response: #"{"error":"no such path"}"# + "\n"),
      allowed(name, padding: 0),
      allowed(name, padding: 60_000),
      denied(name),
      Exchange(
        method: "DELETE", path: "/validate", body: "", status: 405,
        response: #"{"error":"the method must be POST"}"# + "\n"),
    ]
  }

  static func smuggling(size: Int) -> Exchange {
    Exchange(
      method: "POST", path: "/validate", body: String(repeating: "y", count: size), status: 400,
      response: #"{"error":"Content-Length and Transfer-Encoding must not both be present"}"# + "\n", isSmuggling: true)
  }

  /// The creation of the empty setting is always allowed.
  static func allowed(_ uid: String, padding: Int) -> Exchange {
    Exchange(
      method: "POST", path: "/validate",
      body: review(uid, #""operation":"CREATE","object":\#(setting(padding))"#),
      status: 200, response: verdict(uid, #""allowed":true"#))
  }

  /// The setting must not be deleted; other tests compare the reason.
  static func denied(_ uid: String) -> Exchange {
    let response = verdict(uid, #""allowed":false,"status":"#)
    return Exchange(
      method: "POST", path: "/validate?timeout=10s",
      body: review(uid, #""operation":"DELETE","oldObject":\#(setting(0))"#), status: 200,
      response: String(response.dropLast(2)), isWhole: false)
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
