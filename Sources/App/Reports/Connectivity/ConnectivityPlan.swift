package import Addressing
internal import ClusterState
internal import KubeObjects
package import Rules

/// Pings between Longhorn's instance managers over the storage network, with packets that fill its MTU.
package struct ConnectivityPlan: Sendable, Equatable {
  /// An instance manager that cannot be part of it, with the reason.
  package struct Absence: Error, Equatable {
    package let pod: String
    package let reason: String
  }

  package struct Endpoint: Sendable, Equatable {
    package let pod: String
    package let node: String
    package let interface: String
    package let address: IPv4Address
  }

  package struct Ping: Sendable, Equatable {
    package let from: Endpoint
    package let to: Endpoint
    /// Whether it is one of the ring: from each node once, to each node once.
    package let isInRing: Bool
  }

  /// The size of an interface's packets, and what it is known from.
  package enum MTU: Sendable, Equatable {
    case definition(Int)
    /// The definition sets none.
    case `default`

    package var value: Int {
      switch self {
      case .definition(let value): value
      case .default: VLANConfigFact.defaultMTU
      }
    }
  }

  package let network: Target.Network
  package let mtu: MTU
  /// The MTU of the cluster network's uplinks; nil if it is not known.
  package let uplinkMTU: Int?
  /// Every ordered pair of instance managers of different nodes.
  package let pings: [Ping]
  package let absent: [Absence]
  /// Whether the text has every pair, however many they are.
  package var showsAll = false

  /// The number of pairs up to which the text has all of them.
  static let mostPings = 12

  /// The bytes of a packet that are not its data: 20 of IPv4 (RFC 791) and 8 of ICMP (RFC 792).
  package var dataSize: Int { mtu.value - 28 }
}

extension ConnectivityPlan {
  /// Nil without a storage network.
  package init?(of input: VerifyInput) {
    guard case .network(let network) = input.target else { return nil }
    self.network = network
    let attachment = input.attachment
    mtu = attachment?.mtu.map(MTU.definition) ?? .default
    let configs = input.facts.clusterNetworks.first { $0.name == network.segment?.clusterNetwork }?.configs ?? []
    uplinkMTU = configs.map(\.mtu).min()
    let pods = input.extraFacts.pods.filter { $0.component == "instance-manager" && !$0.isFinished }
      .sorted { ($0.node, $0.name) < ($1.node, $1.name) }
    var endpoints: [Endpoint] = []
    var absent: [Absence] = []
    for pod in pods {
      do throws(Absence) {
        endpoints.append(try Self.endpoint(pod, network))
      } catch {
        absent.append(error)
      }
    }
    self.absent = absent
    pings = Self.pings(among: endpoints)
  }

  private static func endpoint(_ pod: InspectedPod, _ network: Target.Network) throws(Absence) -> Endpoint {
    if pod.isBeingDeleted { throw Absence(pod: pod.name, reason: "is being removed") }
    guard pod.phase == "Running" else {
      let phase = pod.phase.isEmpty ? "no phase yet" : pod.phase
      throw Absence(pod: pod.name, reason: "is not running (\(phase))")
    }
    guard let interface = pod.storageInterface, interface.network == network.definition,
      let address = interface.addresses.lazy.compactMap({ try? IPv4Address($0) }).first
    else { throw Absence(pod: pod.name, reason: "has no address on \(network.definition)") }
    return Endpoint(pod: pod.name, node: pod.node, interface: interface.name, address: address)
  }

  /// Every ordered pair of different nodes: two pods of one node reach each other without the network.
  private static func pings(among endpoints: [Endpoint]) -> [Ping] {
    let nodes = Dictionary(endpoints.map { ($0.node, $0) }) { first, _ in first }
    let ring = nodes.values.sorted { $0.node < $1.node }
    let next = Dictionary(
      zip(ring, ring.dropFirst() + ring.prefix(1)).map { ($0.pod, $1.pod) }, uniquingKeysWith: { first, _ in first })
    return endpoints.flatMap { from in
      endpoints.filter { $0.node != from.node }.map { Ping(from: from, to: $0, isInRing: next[from.pod] == $0.pod) }
    }
  }
}
