import JSON
import Rules
import Testing

@testable import ClusterState

@Suite struct `404 responses of the API server` {
  static let notFound = "404 page not found\n"
  static let pools = "ippools.whereabouts.cni.cncf.io"

  static let object = #"{"metadata":{"name":"a","resourceVersion":"7"}}"#

  static func definition(_ name: String) -> String { #"{"metadata":{"name":"\#(name)"}}"# }

  /// The known nodes and definitions.
  func know(_ driver: inout WatchDriver, nodes: [String] = ["node-0"], definitions: [String]?) throws {
    func commit(_ kind: WatchedKind, _ names: [String]) throws {
      var list = ObjectStore()
      for name in names {
        let object = Array(Self.definition(name).utf8)
        try list.put(object.span, of: kind, at: NamespacedName(name: name))
      }
      driver.objects.replace(kind, from: list)
    }
    try commit(.node, nodes)
    if let definitions { try commit(.customResourceDefinition, definitions) }
  }

  @Test(arguments: WatchedKind.allCases.filter { $0.absenceProof == nil })
  func `404 for a mandatory kind proves nothing`(_ kind: WatchedKind) throws {
    var driver = WatchDriver(kind)
    try know(&driver, definitions: [])
    driver.respond(404, Self.notFound)
    #expect(driver.reflector.status.state == .notSynced)
    #expect(driver.reflector.status.failures == 1)
    #expect(driver.reflector.status.lastError == "the API server answered 404")
    #expect(driver.reflector.nextWakeup - driver.now <= .seconds(2))
  }

  @Test func `404 on a watch keeps the last facts until they are stale`() {
    var driver = WatchDriver()
    driver.list(Wire.reflector("a", 1))
    driver.respond(200)
    driver.now += .seconds(5)
    driver.end()
    driver.respond(404, Self.notFound)
    #expect(driver.reflector.status.state == .synced)
    #expect(driver.reflector.status.lastContact == .seconds(5))
    #expect(driver.running == ["a"])
    let unavailableReason = driver.reflector.status.unavailableReason(
      about: driver.reflector.kind.resource, at: .seconds(126), staleAfter: .seconds(120))
    #expect(unavailableReason?.contains("404") == true)
  }

  @Test func `404 means absence if the list of definitions lacks the kind`() throws {
    var driver = WatchDriver(.addressPool)
    try know(&driver, definitions: ["settings.harvesterhci.io"])
    driver.respond(404, Self.notFound)
    #expect(driver.reflector.status.state == .notInstalled)
    #expect(driver.reflector.status.lastContact == driver.now)
    #expect(driver.reflector.status.failures == 0)
    let looked = driver.now
    driver.wake()
    #expect(driver.now - looked == .seconds(30))
  }

  @Test(arguments: [true, false]) func `404 waits for nodes and definitions without a failure`(_ nodesComeFirst: Bool)
    throws
  {
    var driver = WatchDriver(.hostNetworkConfig)
    if nodesComeFirst { try know(&driver, definitions: nil) } else { try know(&driver, nodes: [], definitions: []) }
    driver.respond(404, Self.notFound)
    #expect(driver.reflector.status.state == .notSynced)
    #expect(driver.reflector.status.failures == 0)
    driver.reflector.reconsiderAbsence(driver.now, in: &driver.objects)
    #expect(driver.reflector.status.state == .notSynced)
    try know(&driver, definitions: [])
    driver.reflector.reconsiderAbsence(driver.now, in: &driver.objects)
    #expect(driver.reflector.status.state == .notInstalled)
  }

  @Test func `404 for a kind with a definition is retried soon`() throws {
    var driver = WatchDriver(.addressPool)
    try know(&driver, definitions: [Self.pools])
    driver.respond(404, Self.notFound)
    #expect(driver.reflector.status.state == .notSynced)
    #expect(driver.reflector.status.failures == 1)
    #expect(driver.reflector.nextWakeup - driver.now <= .seconds(2))
  }

  @Test func `a kind that is installed later is listed at once`() throws {
    var driver = WatchDriver(.addressPool)
    try know(&driver, definitions: [])
    driver.respond(404, Self.notFound)
    try know(&driver, definitions: [Self.pools])
    driver.reflector.reconsiderAbsence(driver.now, in: &driver.objects)
    #expect(driver.reflector.nextWakeup == driver.now)
    driver.wake()
    #expect(driver.pendingRequest?.path.contains("/ippools?limit=") == true)
    driver.list()
    #expect(driver.reflector.status.state == .synced)
  }

  @Test func `removing a definition removes the kind's objects`() throws {
    var driver = WatchDriver(.dhcpPool)
    try know(&driver, definitions: ["ippools.network.harvesterhci.io"])
    driver.list(Self.object)
    #expect(driver.objects.facts.dhcpPools.count == 1)
    driver.respond(404, Self.notFound)
    #expect(driver.objects.facts.dhcpPools.count == 1)
    try know(&driver, definitions: [])
    driver.reflector.reconsiderAbsence(driver.now, in: &driver.objects)
    #expect(driver.reflector.status.state == .notInstalled)
    #expect(driver.objects.facts.dhcpPools.isEmpty)
  }

  static let discovery = """
    {"kind":"APIResourceList","groupVersion":"networking.k8s.io/v1","resources":[{"name":"ingresses"}RESOURCE]}
    """

  @Test func `404 for ServiceCIDR requests the discovery document`() throws {
    var driver = WatchDriver(.serviceCIDR)
    try know(&driver, definitions: nil)
    driver.respond(404, Self.notFound)
    #expect(driver.pendingRequest?.path == "/apis/networking.k8s.io/v1")
    driver.respond(200, Self.discovery.replacing("RESOURCE", with: ""))
    #expect(driver.reflector.status.state == .notInstalled)
    driver.wake()
    driver.list()
    #expect(driver.reflector.status.state == .synced)
    driver.respond(404, Self.notFound)
    driver.respond(200, Self.discovery.replacing("RESOURCE", with: #",{"name":"servicecidrs"}"#))
    #expect(driver.reflector.status.state == .synced)
    #expect(driver.reflector.status.failures == 1)
  }

  @Test(arguments: [(404, ""), (200, "{}"), (200, "x"), (500, "")])
  func `404 for a ServiceCIDR that was served before proves nothing without a valid discovery document`(
    _ code: Int, _ text: String
  ) throws {
    var driver = WatchDriver(.serviceCIDR)
    try know(&driver, definitions: nil)
    driver.list()
    driver.respond(404, Self.notFound)
    driver.respond(code, text)
    #expect(driver.reflector.status.state == .synced)
    driver.wake()
    #expect(driver.now <= .seconds(61))
  }
}
