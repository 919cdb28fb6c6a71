import Foundation

// The API server.
extension ScriptedCluster {
  /// Answers one request.
  public func answer(_ method: String, _ target: String, _ body: String) -> (status: Int, body: String) {
    locked {
      let path = String(target.prefix { $0 != "?" })
      if let reply = interception?(method, path) { return reply }
      let sent = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? Object ?? [:]
      if path.hasSuffix("/selfsubjectaccessreviews") { return review(sent) }
      if method == "GET" { return read(path, target) }
      let operations = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [Object]
      let reply = operations.map { patch(path, $0) } ?? write(method, path, sent)
      if (200..<300).contains(reply.status) { taken.append(Write(method: method, path: path)) }
      return reply
    }
  }

  private func write(_ method: String, _ path: String, _ sent: Object) -> (status: Int, body: String) {
    if path.hasPrefix("/apis/subresources.kubevirt.io/") { return operate(path, sent) }
    switch method {
    case "POST":
      let name = (sent["metadata"] as? Object)?["name"] as? String ?? ""
      guard objects["\(path)/\(name)"] == nil else { return Self.status(409, "already exists") }
      put(sent, at: "\(path)/\(name)")
      return (201, Self.text(objects["\(path)/\(name)"] ?? [:]))
    case "PUT", "PATCH":
      guard let stored = objects[path] else { return Self.status(404, "not found") }
      let version = (sent["metadata"] as? Object)?["resourceVersion"] as? String
      guard version == nil || version == Self.version(of: stored) else {
        return Self.status(409, "the object has been modified; please apply your changes to the latest version")
      }
      if path == Self.settingPath, let reply = denial(sent) { return reply }
      put(method == "PUT" ? sent : Self.merged(stored, sent), at: path)
      return (200, Self.text(objects[path] ?? [:]))
    case "DELETE":
      guard let stored = objects[path] else { return Self.status(404, "not found") }
      let preconditions = sent["preconditions"] as? [String: String] ?? [:]
      let metadata = stored["metadata"] as? Object ?? [:]
      guard preconditions.allSatisfy({ metadata[$0.key] as? String == $0.value }) else {
        return Self.status(409, "precondition failed")
      }
      remove(path)
      return (200, "{}")
    default: return Self.status(405, "method not allowed")
    }
  }

  /// Harvester's own validator.
  private func denial(_ sent: Object) -> (status: Int, body: String)? {
    let isRunning = objects.keys.contains { $0.contains("/virtualmachineinstances/") }
    guard sent["value"] != nil, isRunning else { return nil }
    return Self.status(422, "Please stop all VMs before configuring the storage-network setting")
  }

  /// KubeVirt's subresources start and stop.
  private func operate(_ path: String, _ sent: Object) -> (status: Int, body: String) {
    guard servesSubresources else { return Self.status(404, "the server could not find the requested resource") }
    let parts = path.split(separator: "/").map(String.init)
    let reference = "\(parts[4])/\(parts[6])"
    guard objects[Self.machinePath(reference)] != nil else { return Self.status(404, "not found") }
    if protected.contains(reference) { return Self.status(500, "Internal error occurred: exceeded quota") }
    let strategy = strategy(of: reference)
    if parts[7] == "stop" {
      if strategy == "Halted" || started[reference] == false, sent["gracePeriod"] == nil {
        return Self.status(409, "VM is not running")
      }
      if sent["gracePeriod"] != nil { stubborn.remove(reference) }
      set("Halted", of: reference, where: strategy == "Always")
      started[reference] = false
      if strategy != "Always", strategy != "Halted" {
        edit(Self.machinePath(reference)) {
          $0 = Self.merged($0, ["status": ["stateChangeRequests": [["action": "Stop"]]]])
        }
      }
    } else {
      guard strategy != "Always", objects[Self.instancePath(reference)] == nil else {
        return Self.status(409, "VM is already running")
      }
      set("Always", of: reference, where: strategy == "Halted")
      started[reference] = true
    }
    return (202, "")
  }

  private func set(_ strategy: String, of reference: String, where isNeeded: Bool) {
    guard isNeeded else { return }
    edit(Self.machinePath(reference)) { $0 = Self.merged($0, ["spec": ["runStrategy": strategy]]) }
  }

  private func review(_ sent: Object) -> (status: Int, body: String) {
    let attributes = (sent["spec"] as? Object)?["resourceAttributes"] as? [String: String] ?? [:]
    func part(_ key: String) -> String { attributes[key] ?? "" }
    let subresource = part("subresource").isEmpty ? "" : "/\(part("subresource"))"
    let wanted = "\(part("verb")) \(part("resource"))\(subresource) \(part("namespace")) \(part("name"))"
    return (201, #"{"status":{"allowed":\#(!denied.contains { "\(wanted)$".hasPrefix($0) })}}"#)
  }
}

// Reading: objects, lists, and watches that end at once.
extension ScriptedCluster {
  private func read(_ path: String, _ target: String) -> (status: Int, body: String) {
    if let object = objects[path] { return (200, Self.text(object)) }
    if path == "/apis/subresources.kubevirt.io/v1" { return servesSubresources ? (200, "{}") : (404, "{}") }
    let isList = target.contains("resourceVersion=") || target.contains("limit=")
    guard isList else { return Self.status(404, "not found") }
    let name = target.contains("fieldSelector=metadata.name%3Dvip") ? "/vip" : nil
    func isListed(_ other: String) -> Bool { Self.collection(path, has: other) && (name.map(other.hasSuffix) ?? true) }
    if target.contains("watch=true") {
      let since = target.firstMatch(of: /resourceVersion=(\d+)/).flatMap { Int($0.1) } ?? 0
      let lines = events.filter { $0.version > since && isListed($0.path) }.map { event in
        Self.text(["type": event.type, "object": event.object]) + "\n"
      }
      return (200, lines.joined())
    }
    let items = objects.filter { isListed($0.key) }.sorted { $0.key < $1.key }.map(\.value)
    let list: Object = [
      "apiVersion": items.first?["apiVersion"] ?? "v1", "kind": "\(items.first?["kind"] ?? "")List",
      "metadata": ["resourceVersion": String(version)], "items": items,
    ]
    return (200, Self.text(list))
  }

  /// Whether a path is of an object of a collection, of one namespace or of all.
  private static func collection(_ collection: String, has path: String) -> Bool {
    let name = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    if name == collection { return true }
    let parts = name.split(separator: "/")
    guard let place = parts.firstIndex(of: "namespaces"), place + 2 < parts.count else { return false }
    return "/" + (parts[..<place] + parts[(place + 2)...]).joined(separator: "/") == collection
  }

  static func version(of object: Object) -> String? { (object["metadata"] as? Object)?["resourceVersion"] as? String }

  public static func text(_ object: Object) -> String {
    let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  static func status(_ code: Int, _ message: String) -> (status: Int, body: String) {
    (code, text(["kind": "Status", "code": code, "message": message]))
  }
}
