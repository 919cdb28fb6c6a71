import COpenSSL
import Foundation

// The controllers, one step each time.
extension ScriptedCluster {
  /// Lets every controller do one step.
  public func tick() {
    locked {
      for path in objects.keys.sorted() where path.contains("/virtualmachines/") { runKubeVirt(path) }
      runHarvester()
      runLonghorn()
    }
  }

  private func reference(_ path: String) -> String {
    let parts = path.split(separator: "/")
    return "\(parts[4])/\(parts[6])"
  }

  private func wantsInstance(_ reference: String, _ machine: Object) -> Bool {
    switch (machine["spec"] as? Object)?["runStrategy"] as? String {
    case "Halted": false
    case "Always": true
    default: started[reference] ?? false
    }
  }

  private func runKubeVirt(_ path: String) {
    let reference = reference(path)
    guard let machine = objects[path] else { return }
    let instance = objects[Self.instancePath(reference)]
    switch (wantsInstance(reference, machine), instance) {
    case (true, nil):
      say("Starting", of: path)
      addInstance(reference, phase: "Scheduling")
      countdowns[reference] = 2
    case (true, let instance?):
      guard (instance["status"] as? Object)?["phase"] as? String == "Scheduling", !broken.contains(reference) else {
        break
      }
      guard counted(reference) else { break }
      edit(Self.instancePath(reference)) { $0["status"] = ["phase": "Running"] }
      say("Running", of: path)
    case (false, _?):
      if (machine["status"] as? Object)?["printableStatus"] as? String != "Stopping" {
        say("Stopping", of: path)
        countdowns[reference] = 2
      }
      guard !stubborn.contains(reference), counted(reference) else { break }
      remove(Self.instancePath(reference))
      say("Stopped", of: path)
    case (false, nil):
      say("Stopped", of: path)
      edit(Self.volumePath(reference)) { $0["status"] = ["state": "detached"] }
    }
  }

  private func counted(_ reference: String) -> Bool {
    countdowns[reference, default: 1] -= 1
    return countdowns[reference, default: 0] <= 0
  }

  private func say(_ status: String, of path: String) {
    edit(path) { $0["status"] = ["printableStatus": status] }
  }

  static func hash(_ text: String) -> String {
    var digest = [UInt8](repeating: 0, count: 20)
    EVP_Digest(text, text.utf8.count, &digest, nil, EVP_sha1(), nil)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

// Harvester's controller of the setting.
extension ScriptedCluster {
  private static let phases = [
    "create NAD", "Stopping Pods", "waiting for all volumes detached: pvc-x", "Update Longhorn setting",
    "Restarting Pods",
  ]

  private func runHarvester() {
    guard let setting = objects[Self.settingPath], let value = setting["value"] as? String else { return }
    let annotations = (setting["metadata"] as? Object)?["annotations"] as? [String: String] ?? [:]
    let hash = Self.hash(value)
    if annotations["\(Self.annotation)/hash"] != hash {
      if value.isEmpty, annotations.isEmpty { return }
      takeUp(value, hash, former: annotations["\(Self.annotation)/net-attach-def"] ?? "")
      return
    }
    let conditions = (setting["status"] as? Object)?["conditions"] as? [Object] ?? []
    guard conditions.first?["status"] as? String == "False" else { return }
    if Self.phases[phase] == hangsAt { return }
    phase += 1
    switch phase {
    case 1: edit(Self.grafana) { $0 = Self.scaled($0, 0) }
    case 3:
      edit(Self.longhornSetting) { longhorn in
        longhorn["value"] = annotations["\(Self.annotation)/net-attach-def"] ?? ""
        longhorn["status"] = ["applied": false]
      }
    case 5:
      edit(Self.grafana) { $0 = Self.scaled($0, 1) }
      let former = annotations["\(Self.annotation)/old-net-attach-def"] ?? ""
      if !former.isEmpty { remove("\(Self.definitions)/\(former.split(separator: "/")[1])") }
      edit(Self.settingPath) { setting in
        setting = Self.merged(setting, ["metadata": ["annotations": ["\(Self.annotation)/old-net-attach-def": ""]]])
        setting["status"] = ["conditions": [["type": "configured", "status": "True", "reason": "Completed"]]]
      }
      return
    default: break
    }
    report(Self.phases[phase])
  }

  private func takeUp(_ value: String, _ hash: String, former: String) {
    phase = 0
    var name = ""
    if !value.isEmpty {
      name = "harvester-system/storagenetwork-\(version)"
      let network = (try? JSONSerialization.jsonObject(with: Data(value.utf8))) as? Object ?? [:]
      let ipam = #"{"type":"whereabouts","range":"\#(network["range"] as? String ?? "")"}"#
      let vlan = network["vlan"] as? Int ?? 1
      put(
        [
          "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition",
          "metadata": [
            "name": String(name.split(separator: "/")[1]), "namespace": "harvester-system",
            "annotations": [Self.annotation: "true"],
          ] as Object,
          "spec": ["config": #"{"type":"bridge","bridge":"storage-br","vlan":\#(vlan),"ipam":\#(ipam)}"#],
        ], at: "\(Self.definitions)/\(name.split(separator: "/")[1])")
    }
    edit(Self.settingPath) { setting in
      let annotations = [
        "\(Self.annotation)/hash": hash, "\(Self.annotation)/net-attach-def": name,
        "\(Self.annotation)/old-net-attach-def": former,
      ]
      setting = Self.merged(setting, ["metadata": ["annotations": annotations]])
    }
    report(Self.phases[0])
  }

  private func report(_ message: String) {
    edit(Self.settingPath) { setting in
      setting["status"] = [
        "conditions": [["type": "configured", "status": "False", "reason": "In Progress", "message": message]]
      ]
    }
  }

  private static func scaled(_ workload: Object, _ count: Int) -> Object {
    var workload = merged(workload, ["spec": ["replicas": count], "status": ["readyReplicas": count]])
    var metadata = workload["metadata"] as? Object ?? [:]
    metadata["annotations"] = count == 0 ? ["\(annotation)/replica": "1"] : [:] as Object
    workload["metadata"] = metadata
    return workload
  }

  /// Longhorn restarts one pod on the network that its setting names.
  private func runLonghorn() {
    guard let setting = objects[Self.longhornSetting], (setting["status"] as? Object)?["applied"] as? Bool == false
    else { return }
    let network = setting["value"] as? String ?? ""
    for index in 0..<3 {
      let path = "\(Self.pods)/instance-manager-\(index)"
      let moved = Self.pod(index, on: network)
      let present = ((objects[path]?["metadata"] as? Object)?["annotations"] as? [String: String]) ?? [:]
      let wanted = ((moved["metadata"] as? Object)?["annotations"] as? [String: String]) ?? [:]
      if present == wanted { continue }
      put(moved, at: path)
      addPool()
      return
    }
    edit(Self.longhornSetting) { $0["status"] = ["applied": true] }
  }

  private func addPool() {
    let entries = (0..<3).map { ("\($0 + 1)", ["podref": "longhorn-system/instance-manager-\($0)"]) }
    put(
      [
        "apiVersion": "whereabouts.cni.cncf.io/v1alpha1", "kind": "IPPool",
        "metadata": ["name": "192.168.0.0-24", "namespace": "kube-system", "uid": "uid-192.168.0.0-24"],
        "spec": ["range": "192.168.0.0/24", "allocations": Dictionary(uniqueKeysWithValues: entries)] as Object,
      ], at: Self.poolPath("192.168.0.0-24"))
  }
}
