import Foundation

// What Whereabouts keeps for pods that are gone.
extension ScriptedCluster {
  public static func poolPath(_ name: String) -> String { "\(whereabouts)/ippools/\(name)" }
  public static func reservationPath(_ name: String) -> String {
    "\(whereabouts)/overlappingrangeipreservations/\(name)"
  }
  public static func podPath(_ name: String) -> String { "\(pods)/\(name)" }
  private static let whereabouts = "/apis/whereabouts.cni.cncf.io/v1alpha1/namespaces/kube-system"

  /// A cluster without machines, with the storage network in effect: three pods have .1 to .3.
  public static func withStorageNetwork() -> ScriptedCluster {
    let cluster = ScriptedCluster(machines: [:])
    cluster.setValue(value, by: "test")
    for _ in 0..<24 { cluster.tick() }
    return cluster
  }

  /// The same, with 192.168.0.20 for a pod that is gone.
  public static func withLeak() -> ScriptedCluster {
    let cluster = withStorageNetwork()
    cluster.allocate(20, to: "longhorn-system/instance-manager-gone")
    return cluster
  }

  /// Adds an entry to a pool, which is created if there is none.
  public func allocate(_ offset: Int, to pod: String, in pool: String = "192.168.0.0-24") {
    locked {
      if objects[Self.poolPath(pool)] == nil { addPool(pool) }
      edit(Self.poolPath(pool)) { object in
        let entry = ["id": "container-\(offset)", "ifname": "lhnet1", "podref": pod]
        object = Self.merged(object, ["spec": ["allocations": ["\(offset)": entry]]])
      }
    }
  }

  public func addPool(_ name: String) {
    let parts = name.split(separator: "-")
    locked {
      put(
        [
          "apiVersion": "whereabouts.cni.cncf.io/v1alpha1", "kind": "IPPool",
          "metadata": ["name": name, "namespace": "kube-system", "uid": "uid-\(name)"],
          "spec": ["range": "\(parts[0])/\(parts[1])", "allocations": [:] as Object] as Object,
        ], at: Self.poolPath(name))
    }
  }

  public func reserve(_ address: String, for pod: String, uid: String? = nil) {
    locked {
      put(
        [
          "apiVersion": "whereabouts.cni.cncf.io/v1alpha1", "kind": "OverlappingRangeIPReservation",
          "metadata": ["name": address, "namespace": "kube-system", "uid": uid ?? "uid-\(address)"],
          "spec": ["containerid": "c", "ifname": "lhnet1", "podref": pod],
        ], at: Self.reservationPath(address))
    }
  }

  /// Creates a pod of Longhorn, which has no address until Multus reports one.
  /// - Parameter isReady: Whether it is ready, as it is once it has its address.
  public func addPod(_ name: String, address: String? = nil, isReady: Bool = true) {
    var annotations: Object = [:]
    var status: Object = ["phase": "Pending"]
    if isReady, address != nil {
      status = ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]
    }
    if let address {
      annotations["k8s.v1.cni.cncf.io/network-status"] =
        #"[{"name":"harvester-system/x","interface":"lhnet1","ips":["\#(address)"]}]"#
    }
    locked {
      put(
        [
          "apiVersion": "v1", "kind": "Pod",
          "metadata": [
            "name": name, "namespace": "longhorn-system", "uid": "uid-\(name)", "annotations": annotations,
          ] as Object,
          "status": status,
        ], at: Self.podPath(name))
    }
  }

  /// The keys of a pool's entries, in order; nil without the pool.
  public func allocations(of pool: String = "192.168.0.0-24") -> [Int]? {
    guard let spec = self[Self.poolPath(pool)]?["spec"] as? Object else { return nil }
    return (spec["allocations"] as? Object ?? [:]).keys.compactMap(Int.init).sorted()
  }
}

// JSON patches (RFC 6902), as far as they are used: test and remove.
extension ScriptedCluster {
  func patch(_ path: String, _ operations: [Object]) -> (status: Int, body: String) {
    guard var object = objects[path] else { return Self.status(404, "not found") }
    for operation in operations {
      let keys = (operation["path"] as? String ?? "").split(separator: "/").map(String.init)
      let present = keys.reduce(object as Any?) { ($0 as? Object)?[$1] }
      switch operation["op"] as? String {
      case "test":
        guard let present = present as? NSObject, let value = operation["value"] as? NSObject, present == value else {
          return Self.status(422, "the server rejected our request due to an error in our request")
        }
      case "remove" where present != nil: object = Self.removing(keys[...], from: object)
      default: return Self.status(422, "the server rejected our request due to an error in our request")
      }
    }
    put(object, at: path)
    return (200, Self.text(objects[path] ?? [:]))
  }

  private static func removing(_ keys: ArraySlice<String>, from object: Object) -> Object {
    var object = object
    guard let key = keys.first else { return object }
    object[key] = keys.count == 1 ? nil : removing(keys.dropFirst(), from: object[key] as? Object ?? [:])
    return object
  }
}
