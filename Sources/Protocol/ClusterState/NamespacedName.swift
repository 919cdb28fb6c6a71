/// The namespace and name of an object; the namespace of a cluster-scoped object is empty.
package struct NamespacedName: Hashable, Comparable, Sendable {
  package var namespace = ""
  package var name = ""

  package init(namespace: String = "", name: String = "") {
    self.namespace = namespace
    self.name = name
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.namespace, left.name) < (right.namespace, right.name)
  }
}
