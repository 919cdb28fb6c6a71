import Foundation
import Snapshot
import TestSupport

/// Kubernetes objects by kind, namespace and name, as a program has printed them.
struct Manifests: Equatable {
  private let objects: [String: NSDictionary]

  var names: [String] { objects.keys.sorted() }
  subscript(name: String) -> NSDictionary? { objects[name] }

  /// Labels that Helm's documentation wants on every object.
  static let helmLabels: Set = [
    "helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance", "app.kubernetes.io/version",
  ]

  /// Every object of a YAML text, hooks included.
  static func objects(_ yaml: String) throws -> [[String: Any]] {
    var documents = YAMLDocuments(Array(yaml.utf8))
    var objects: [[String: Any]] = []
    while let document = try documents.next() {
      if let object = try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any] {
        objects.append(object)
      }
    }
    return objects
  }

  /// - Parameter yaml: The objects; hooks are left out, and Helm's own labels.
  init(_ yaml: String) throws {
    var objects: [String: NSDictionary] = [:]
    for object in try Self.objects(yaml) {
      var metadata = object["metadata"] as? [String: Any] ?? [:]
      let annotations = metadata["annotations"] as? [String: String] ?? [:]
      if annotations["helm.sh/hook"] != nil { continue }
      let labels = (metadata["labels"] as? [String: String] ?? [:]).filter { !Self.helmLabels.contains($0.key) }
      metadata["labels"] = labels.isEmpty ? nil : labels
      let parts = [object["kind"], metadata["namespace"], metadata["name"]]
      let name = parts.compactMap { $0 as? String }.joined(separator: "/")
      objects[name] = object.merging(["metadata": metadata]) { $1 } as NSDictionary
    }
    self.objects = objects
  }

  /// What differs, object by object.
  func differences(from other: Manifests) -> [String] {
    Set(objects.keys).union(other.objects.keys).sorted().compactMap { name in
      guard let one = objects[name] else { return "only in the other: \(name)" }
      guard let two = other.objects[name] else { return "only in the one: \(name)" }
      return one == two ? nil : "\(name) differs:\n\(one)\n\(two)"
    }
  }
}

extension Manifests {
  /// `kubectl kustomize` of an overlay with components.
  static func kustomize(_ overlay: String, _ components: String...) throws -> Manifests {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "manifests"), to: folder.url.appending(path: "manifests"))
    try folder.write(
      """
      resources: [manifests/overlays/\(overlay)]
      components: [\(components.map { "manifests/components/\($0)" }.joined(separator: ", "))]

      """, to: "kustomization.yaml")
    let run = try Program.run(Tools.kubectl ?? "kubectl", ["kustomize", folder.url.path])
    guard run.exitCode == 0 else { throw OutputTimeout(expected: "kustomize", text: run.errors) }
    return try Manifests(run.output)
  }
}

/// The chart, rendered by one Helm.
struct Chart {
  static let path = Repository.path("charts/storage-network-webhook")

  let helm: String

  func template(_ settings: [String] = [], kubernetes: String = "1.36") throws -> Program.Run {
    try Program.run(
      helm,
      [
        "template", "storage-network-webhook", Self.path, "--namespace", "harvester-system", "--kube-version",
        kubernetes,
      ] + settings.flatMap { ["--set", $0] })
  }

  func manifests(_ settings: String..., kubernetes: String = "1.36") throws -> Manifests {
    let run = try template(settings, kubernetes: kubernetes)
    guard run.exitCode == 0 else { throw OutputTimeout(expected: "helm template", text: run.errors) }
    return try Manifests(run.output)
  }
}
