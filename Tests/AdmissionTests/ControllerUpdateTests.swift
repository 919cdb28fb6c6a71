import ClusterState
import Foundation
import Rules
import Snapshot
import Testing

@testable import Admission

/// Replays the writes of Harvester's controller, together with concurrent writes of other clients.
@Suite struct `Updates by Harvester's controller` {
  static let first = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#
  static let otherRange = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.7.0/24"}"#
  static let otherVLAN = #"{"vlan":101,"clusterNetwork":"storage","range":"192.168.7.0/24"}"#

  /// The values that are stored one after the other.
  static let saves = [first, otherRange, otherVLAN, "", first, ""]

  /// Every pair of settings between which the controller writes.
  static func updates(by controller: RecordedController) -> [(old: StoredSetting, new: StoredSetting)] {
    var updates: [(StoredSetting, StoredSetting)] = []
    var stored = StoredSetting()
    for value in saves {
      stored.value = value
      for setting in controller.writes(after: stored) {
        updates.append((stored, setting))
        stored = setting
      }
    }
    return updates
  }

  /// A condition of the cluster that violates a rule during a write.
  static let conditions: [(name: String, objects: String)] = [
    ("nothing", ""),
    (
      "a virtual machine runs",
      """
      {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstance","metadata":{"name":"web-1","namespace":"default"},
       "status":{"phase":"Running"}}
      """
    ),
    (
      "an image is uploaded",
      """
      {"apiVersion":"harvesterhci.io/v1beta1","kind":"VirtualMachineImage","metadata":{"name":"i","namespace":"default"},
       "spec":{"displayName":"up"},"status":{"progress":10}}
      """
    ),
    (
      "the cluster network is gone",
      """
      {"apiVersion":"network.harvesterhci.io/v1beta1","kind":"ClusterNetwork","metadata":{"name":"storage"},
       "status":{"conditions":[{"type":"ready","status":"False"}]}}
      """
    ),
    (
      "another setting cannot be read",
      """
      {"apiVersion":"harvesterhci.io/v1beta1","kind":"Setting","metadata":{"name":"vm-migration-network"},"value":"x"}
      """
    ),
  ]

  /// A cluster with the controller's definitions and one violation.
  static func cluster(_ condition: String = "") throws -> SharedFacts {
    var snapshot = Snapshot()
    try snapshot.add(
      Array(Data(contentsOf: GoldenCase.tests.appending(path: "Clusters/three-idle-nodes.yaml"))), named: "cluster.yaml"
    )
    for value in Set(saves) where !value.isEmpty { try snapshot.add(definition(of: value), named: "definition.json") }
    if !condition.isEmpty { try snapshot.add(Array(condition.utf8), named: "condition.json") }
    return SharedFacts(snapshot.objects.facts)
  }

  private static func definition(of value: String) throws -> [UInt8] {
    let network = try JSONSerialization.jsonObject(with: Data(value.utf8)) as? [String: Any] ?? [:]
    let configuration: [String: Any] = [
      "type": "bridge", "bridge": "storage-br", "vlan": network["vlan"] ?? 0,
      "ipam": ["type": "whereabouts", "range": network["range"] ?? ""],
    ]
    let text = try JSONSerialization.data(withJSONObject: configuration)
    let name = StoredSetting.definition(of: value).split(separator: "/")
    return try Array(
      JSONSerialization.data(withJSONObject: [
        "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition",
        "metadata": [
          "namespace": String(name[0]), "name": String(name[1]),
          "annotations": ["storage-network.settings.harvesterhci.io": "true"],
        ],
        "spec": ["config": String(decoding: text, as: UTF8.self)],
      ]))
  }

  let reviewer = Reviewer(ruleset: Ruleset())

  func outcomes(
    _ old: StoredSetting, _ new: [String: Any], in cluster: () throws(UnavailableError) -> SharedFacts
  ) throws -> (mutation: Reviewer.Response, validation: Outcome) {
    var review = Review(operation: "UPDATE", old: old.object, new: new)
    let mutation = try reviewer.respond(to: review.encoded.span, for: .mutate, in: cluster)
    if let patch = try Response(mutation.body).patch { try review.apply(patch) }
    return (mutation, try reviewer.respond(to: review.encoded.span, for: .validate, in: cluster).outcome)
  }

  @Test(arguments: RecordedController.all, conditions.indices)
  func `every write of the controller is allowed unchanged in a cluster with violations`(
    _ controller: RecordedController, _ condition: Int
  ) throws {
    let cluster = try Self.cluster(Self.conditions[condition].objects)
    let updates = Self.updates(by: controller)
    #expect(updates.count > 40)
    for (old, new) in updates {
      let results = try outcomes(old, new.object) { cluster }
      #expect(results.mutation.outcome == .allowed(warnings: []), "\(old) \(new)")
      #expect(results.validation == .allowed(warnings: []), "\(old) \(new)")
    }
  }

  @Test(arguments: RecordedController.all)
  func `every write of the controller is allowed without facts`(
    _ controller: RecordedController
  ) throws {
    for (old, new) in Self.updates(by: controller) {
      let results = try outcomes(old, new.object) { () throws(UnavailableError) in
        throw UnavailableError(message: "nothing is known")
      }
      #expect(results.mutation.outcome == .allowed(warnings: []), "\(old) \(new)")
      #expect(results.validation == .allowed(warnings: []), "\(old) \(new)")
    }
  }

  /// Changes of the annotations by a careless client.
  static let losses: [(name: String, change: @Sendable (inout StoredSetting) -> Void)] = [
    ("hash removed", { $0.annotations["hash"] = nil }),
    ("hash emptied", { $0.annotations["hash"] = "" }),
    ("hash of another text", { $0.annotations["hash"] = String(repeating: "0", count: 40) }),
    ("net-attach-def of another name", { $0.annotations["net-attach-def"] = "harvester-system/other" }),
    ("old-net-attach-def of another name", { $0.annotations["old-net-attach-def"] = "harvester-system/other" }),
  ]

  /// The same for an enabled network.
  static let lossesOfNetwork: [(name: String, change: @Sendable (inout StoredSetting) -> Void)] = [
    ("net-attach-def emptied", { $0.annotations["net-attach-def"] = "" }),
    ("net-attach-def removed", { $0.annotations["net-attach-def"] = nil }),
    (
      "old-net-attach-def becomes the present one",
      { $0.annotations["old-net-attach-def"] = $0.annotations["net-attach-def"] }
    ),
  ]

  @Test(arguments: RecordedController.all) func `removed annotations are denied in every phase`(
    _ controller: RecordedController
  ) throws {
    let cluster = try Self.cluster()
    for stored in Self.updates(by: controller).map(\.new) {
      for loss in Self.losses + (stored.value.isEmpty ? [] : Self.lossesOfNetwork) {
        var new = stored
        loss.change(&new)
        let results = try outcomes(stored, new.object) { cluster }
        for outcome in [results.mutation.outcome, results.validation] {
          guard case .denied(let violations, _) = outcome else {
            Issue.record("\(loss.name) at \(stored) is \(outcome)")
            continue
          }
          #expect(violations.map(\.rule) == ["AnnotationsAreKept"])
        }
      }
    }
  }

  @Test func `removed annotations are unavailable without facts`() throws {
    let stored = try #require(Self.updates(by: RecordedController.all[0]).last).new
    var new = stored
    new.annotations["hash"] = nil
    let unavailableError = UnavailableError(message: "nothing is known")
    let results = try outcomes(stored, new.object) { () throws(UnavailableError) in throw unavailableError }
    #expect(results.mutation.outcome == .unavailable(unavailableError))
    #expect(results.validation == .unavailable(unavailableError))
  }

  @Test(arguments: RecordedController.all, [true, false])
  func `a replace without annotations restores the stored ones in every phase`(
    _ controller: RecordedController, _ hasOthers: Bool
  ) throws {
    let cluster = try Self.cluster(Self.conditions[1].objects)
    for stored in Self.updates(by: controller).map(\.new) {
      var replacement = stored.object
      let others = ["example.com/a": "b"]
      replacement["metadata"] =
        hasOthers ? ["name": "storage-network", "annotations": others] : ["name": "storage-network"]
      replacement["status"] = nil
      replacement["value"] = stored.value.replacing(",", with: ", ")
      let results = try outcomes(stored, replacement) { cluster }
      #expect(results.validation == .allowed(warnings: []), "\(stored)")
      let patch = try #require(try Response(results.mutation.body).patch)
      let patched = StoredSetting(try #require(try patch.applied(to: replacement) as? [String: Any]))
      #expect(patched.value == stored.value)
      #expect(patched.annotations.filter { $0.key != "a" } == stored.annotations)
      #expect(patched.annotations["a"] == (hasOthers ? "b" : nil))
      #expect(controller.firstWrite(after: patched) == nil, "it would act on \(patched)")
    }
  }

  @Test(arguments: RecordedController.all) func `Harvester applies a value that is emptied in any phase`(
    _ controller: RecordedController
  ) throws {
    let cluster = try Self.cluster()
    for stored in Self.updates(by: controller).map(\.new) where !stored.value.isEmpty {
      var new = stored
      new.value = ""
      let results = try outcomes(stored, new.object) { cluster }
      #expect(results.validation == .allowed(warnings: []))
      let patch = try Response(results.mutation.body).patch
      let patched = StoredSetting(try #require(try (patch?.applied(to: new.object) ?? new.object) as? [String: Any]))
      #expect(controller.firstWrite(after: patched)?.annotations["net-attach-def"] == "")
      // Without the patch, the controller stores nothing.
      let isStuck = stored.condition == .inProgress("create NAD")
      #expect((controller.firstWrite(after: new) == nil) == isStuck)
      #expect((patch != nil) == isStuck)
      // A patched object needs no second patch.
      #expect(try outcomes(stored, patched.object) { cluster }.mutation.outcome == .allowed(warnings: []))
    }
  }

  @Test(arguments: RecordedController.all)
  func `writes based on an older object are allowed for the API server to reject as a conflict`(
    _ controller: RecordedController
  ) throws {
    let cluster = try Self.cluster(Self.conditions[1].objects)
    let writes = Self.updates(by: controller).map(\.new)
    for (stored, older) in zip(writes.dropFirst(8), writes) where stored.value != older.value {
      func mutation(at version: String) throws -> Outcome {
        func object(_ setting: StoredSetting, at version: String) -> [String: Any] {
          var object = setting.object
          var metadata = object["metadata"] as? [String: Any] ?? [:]
          metadata["resourceVersion"] = version
          object["metadata"] = metadata
          return object
        }
        let review = Review(
          operation: "UPDATE", old: object(stored, at: "12"), new: object(older, at: version))
        return try reviewer.respond(to: review.encoded.span, for: .mutate) { cluster }.outcome
      }
      #expect(try mutation(at: "11") == .allowed(warnings: []))
      guard case .denied = try mutation(at: "12") else {
        Issue.record("\(older) replaces \(stored)")
        continue
      }
    }
  }

  @Test(arguments: RecordedController.all) func `a value that the controller has not recorded may be reverted`(
    _ controller: RecordedController
  ) throws {
    let cluster = try Self.cluster(Self.conditions[1].objects)
    for noted in Self.updates(by: controller).map(\.new) {
      var stored = noted
      stored.value = noted.value.isEmpty ? Self.first : ""
      let results = try outcomes(stored, noted.object) { cluster }
      #expect(results.validation == .allowed(warnings: []), "\(stored)")
      // Any other value is a change while a virtual machine runs.
      var other = stored
      other.value = Self.otherVLAN.replacing("101", with: "102")
      guard case .denied = try outcomes(stored, other.object, in: { cluster }).validation else {
        Issue.record("\(other) is allowed")
        continue
      }
    }
  }
}
