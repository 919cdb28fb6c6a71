internal import ClusterState

/// The CustomResourceDefinition of a watched kind, with the fields that an API server needs to store its objects.
package struct DefinitionFixture {
  package let group: String
  package let version: String
  package let plural: String
  package let kind: String
  /// The printed column of the status, as in KubeVirt's definitions.
  package var column: (name: String, path: String)?

  private static let clusterScoped = [
    "settings.harvesterhci.io", "clusternetworks", "hostnetworkconfigs", "vlanconfigs", "vlanstatuses",
  ]

  package init(
    group: String, version: String, plural: String, kind: String, column: (name: String, path: String)? = nil
  ) {
    (self.group, self.version, self.plural, self.kind, self.column) = (group, version, plural, kind, column)
  }

  package static var all: [DefinitionFixture] {
    let watched = WatchedKind.allCases.map(\.resource).filter {
      $0.group.contains(".") && !$0.group.hasSuffix("k8s.io")
    }
    return watched.map {
      let path = $0.statusColumn == "Phase" ? ".status.phase" : ".status.printableStatus"
      return DefinitionFixture(
        group: $0.group, version: $0.version, plural: $0.plural, kind: $0.kind,
        column: $0.statusColumn.map { ($0, path) })
    }
  }

  package var name: String { "\(plural).\(group)" }

  private var columns: String { column.map { "{name: \($0.name), type: string, jsonPath: \($0.path)}" } ?? "" }

  package var manifest: String {
    let isClusterScoped = Self.clusterScoped.contains(plural) || Self.clusterScoped.contains(name)
    return """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: \(name)}
      spec:
        group: \(group)
        scope: \(isClusterScoped ? "Cluster" : "Namespaced")
        names: {plural: \(plural), singular: \(kind.lowercased()), kind: \(kind), listKind: \(kind)List}
        versions:
        - name: \(version)
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
          additionalPrinterColumns: [\(columns)]

      """
  }
}
