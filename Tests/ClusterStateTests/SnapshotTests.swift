import JSON
import Rules
import Testing

@testable import ClusterState
@testable import Snapshot

@Suite struct `Snapshots` {
  func documents(_ yaml: String) throws -> [String] {
    var documents = YAMLDocuments(Array(yaml.utf8))
    var found: [String] = []
    while let document = try documents.next() { found.append(String(decoding: document, as: UTF8.self)) }
    return found
  }

  @Test(arguments: [
    ("a: 1", #"{"a":1}"#), ("a: '1'", #"{"a":"1"}"#), ("a: \"1\"", #"{"a":"1"}"#), ("a: 1.5e3", #"{"a":1.5e3}"#),
    ("a: true", #"{"a":true}"#), ("a: False", #"{"a":false}"#), ("a: 'true'", #"{"a":"true"}"#),
    ("a: null", #"{"a":null}"#), ("a: ~", #"{"a":null}"#), ("a:", #"{"a":null}"#), ("a: ''", #"{"a":""}"#),
    // a number in other languages that is not one in JSON stays a string
    ("a: 0x1F", #"{"a":"0x1F"}"#), ("a: 010", #"{"a":"010"}"#), ("a: .5", #"{"a":".5"}"#),
    ("a: 1_000", #"{"a":"1_000"}"#),
    ("a: 10.52.0.0/24", #"{"a":"10.52.0.0/24"}"#), ("a: 2026-11-24T04:17:01Z", #"{"a":"2026-11-24T04:17:01Z"}"#),
    ("a: yes", #"{"a":"yes"}"#), ("1: a", #"{"1":"a"}"#), ("- a\n- [b, {c: d}]", #"["a",["b",{"c":"d"}]]"#),
    ("a: |\n  x\n  y\n", #"{"a":"x\ny\n"}"#), ("a: >-\n  x\n  y\n", #"{"a":"x y"}"#),
    ("\"\\u00e4\": \"\\t\"", "{\"ä\":\"\\t\"}"),
    (#"{"a": [1, "x", {"b": null}]}"#, #"{"a":[1,"x",{"b":null}]}"#), ("{}", "{}"), ("[]", "[]"),
    ("plain", #""plain""#),
    ("a: &x [1]\nb: *x\n", #"{"a":[1],"b":[1]}"#),
  ]) func `YAML is converted to JSON`(_ yaml: String, _ json: String) throws {
    #expect(try documents(yaml) == [json])
    #expect(throws: Never.self) { try JSONValue(parsing: Array(json.utf8)) }
  }

  @Test func `a file may have any number of documents`() throws {
    #expect(try documents("") == [])
    #expect(try documents("# nothing\n") == [])
    #expect(try documents("a: 1\n---\nb: 2\n---\n") == [#"{"a":1}"#, #"{"b":2}"#, "null"])
  }

  @Test(arguments: [
    ("a: [1", 2), ("a: 1\nb: : 2\n", 2), ("a: 1\n  b: 2\n", 2), ("\tx: 1", 1), ("a: \"x", 1), ("{a: 1", 1),
  ]) func `invalid YAML is reported with its line`(_ yaml: String, _ line: Int) {
    let error = #expect(throws: SnapshotError.self) { try documents(yaml) }
    #expect((error?.line ?? 0) >= line)
    #expect(error?.description.contains("must be YAML") == true)
  }

  @Test func `the expansion of aliases is limited`() {
    var yaml = "a0: &a0 [xxxxxxxxxx,xxxxxxxxxx]\n"
    for level in 1...40 {
      yaml += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
    }
    let error = #expect(throws: SnapshotError.self) { try documents(yaml) }
    #expect(error?.explanation.contains("times as long") == true)
  }

  @Test func `recursive and unknown aliases and keys that are not strings are rejected`() {
    #expect(throws: SnapshotError.self) { try documents("a: &a [*a]") }
    #expect(throws: SnapshotError.self) { try documents("a: *b") }
    #expect(throws: SnapshotError.self) { try documents("[a]: b") }
    #expect(throws: SnapshotError.self) {
      try documents(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
    }
  }

  static let node = """
    apiVersion: v1
    kind: Node
    metadata: {name: n1, labels: {node-role.harvesterhci.io/witness: 'true'}}
    spec: {podCIDRs: [10.52.1.0/24, 'fd00::/64']}
    """

  @Test func `documents, lists and JSON give the same facts`() throws {
    let list = """
      apiVersion: v1
      kind: List
      items:
      - \(Self.node.replacing("\n", with: "\n  "))
      """
    let json = #"""
      {"kind":"List","apiVersion":"v1","items":[
       {"spec":{"podCIDRs":["10.52.1.0/24"]},"metadata":{"labels":{"node-role.harvesterhci.io/witness":"true"},"name":"n1"},
        "kind":"Node","apiVersion":"v1"}]}
      """#
    // In the API server's list of one kind, the elements have no kind.
    let raw = #"""
      {"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[
       {"spec":{"podCIDRs":["10.52.1.0/24"]},"metadata":{"labels":{"node-role.harvesterhci.io/witness":"true"},"name":"n1"}}]}
      """#
    let texts = [(Self.node, "a.yaml"), (list, "a.yml"), (json, "a.json"), (json, "a.yaml"), (raw, "a.json")]
    for (text, name) in texts {
      var snapshot = Snapshot()
      try snapshot.add(Array(text.utf8), named: name)
      let nodes = snapshot.objects.facts.nodes
      #expect(nodes.map(\.name) == ["n1"])
      #expect(nodes.first?.isWitness == true)
      #expect(nodes.first?.podNetworks.map(\.description) == ["10.52.1.0/24"])
    }
  }

  /// A node in maintenance is cordoned by Harvester and often switched off.
  @Test(
    arguments: [
      ("completed", "False", true, .maintenance), ("completed", "True", false, .maintenance),
      ("", "False", true, .notReady), ("", "Unknown", false, .notReady), ("", "True", true, .cordoned),
      ("", "True", false, nil),
    ] as [(String, String, Bool, NodeFact.Outage?)])
  func `the rules and verify give a node the same outage`(
    _ maintenance: String, _ ready: String, _ isCordoned: Bool, _ outage: NodeFact.Outage?
  ) throws {
    let node = Array(
      """
      {"apiVersion":"v1","kind":"Node",
       "metadata":{"name":"n1","annotations":{"harvesterhci.io/maintain-status":"\(maintenance)"}},
       "spec":{"unschedulable":\(isCordoned)},"status":{"conditions":[{"type":"Ready","status":"\(ready)"}]}}
      """.utf8)
    var (objects, inspected) = (ObjectStore(), VerifyStore())
    try objects.add(node.span)
    try inspected.add(node.span)
    #expect(objects.facts.nodes.map(\.outage) == [outage])
    #expect(inspected.facts.nodes.map(\.outage) == [outage])
  }

  @Test func `of an object in two files the last one is used`() throws {
    var snapshot = Snapshot()
    try snapshot.add(Array(Self.node.utf8), named: "a.yaml")
    try snapshot.add(Array(Self.node.replacing("'true'", with: "'false'").utf8), named: "b.yaml")
    let nodes = snapshot.objects.facts.nodes
    #expect(nodes.map(\.isWitness) == [false])
  }

  @Test func `kinds of other groups and unknown kinds are ignored`() throws {
    var snapshot = Snapshot()
    try snapshot.add(
      Array(
        "apiVersion: metrics.k8s.io/v1\nkind: Node\nmetadata: {name: x}\n---\nkind: Thing\n---\n- {kind: A}\n---\n"
          .utf8), named: "a.yaml")
    let facts = snapshot.objects.facts
    #expect(facts.nodes.isEmpty)
  }

  @Test(arguments: ["{}", "5", "{name: ''}", "{name: 7}"])
  func `an object without a name is ignored`(_ metadata: String) throws {
    var snapshot = Snapshot()
    try snapshot.add(Array("apiVersion: v1\nkind: Node\nmetadata: \(metadata)\n".utf8), named: "a.yaml")
    #expect(snapshot.objects.facts.nodes.isEmpty)
  }

  @Test func `fields of another type count as missing`() throws {
    var snapshot = Snapshot()
    try snapshot.add(
      Array("apiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nmetadata: {name: a}\nstatus: [1]\n".utf8),
      named: "a.yaml")
    let facts = snapshot.objects.facts
    #expect(facts.unstoppedMachines.first.map(\.status) == [""])
  }

  @Test(arguments: ["apiVers", "root:x:0:0\n", "42", "true", "kind: Node\n---\n- 1\n---\nNode\n"])
  func `a file with a scalar instead of an object is rejected`(_ text: String) {
    for name in ["a.yaml", "a.txt"] {
      var snapshot = Snapshot()
      #expect(throws: SnapshotError.self) { try snapshot.add(Array(text.utf8), named: name) }
    }
  }

  @Test(arguments: ["", "# none\n", "---\n---\n", "kind: Node\n", "{}"])
  func `a file without an object is an empty snapshot`(_ text: String) throws {
    var snapshot = Snapshot()
    try snapshot.add(Array(text.utf8), named: "a.yaml")
  }

  @Test func `invalid JSON is reported with its line`() {
    var snapshot = Snapshot()
    let error = #expect(throws: SnapshotError.self) { try snapshot.add(Array("{\n\"a\": }".utf8), named: "a.json") }
    #expect(error?.description == "line 2: must be JSON: a value was expected")
  }

  @Test(arguments: [
    ("cluster.yaml", true), ("a.yml", true), ("a.json", true), (".hidden.yaml", false), ("..data", false),
    ("notes.txt", false), ("yaml", false),
  ]) func `only manifest files of a folder are read`(_ name: String, _ belongs: Bool) {
    #expect(Snapshot.accepts(fileNamed: name) == belongs)
  }
}

@Suite struct `File encodings and support bundles` {
  static let node = "apiVersion: v1\nkind: Node\nmetadata:\n  name: ä\n"

  static func utf16(_ text: String, isLittleEndian: Bool = true, hasMark: Bool = true) -> [UInt8] {
    ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit -> [UInt8] in
      let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      return isLittleEndian ? bytes : bytes.reversed()
    }
  }

  func nodes(_ file: [UInt8], _ name: String = "cluster.yaml") throws -> [String] {
    var snapshot = Snapshot()
    try snapshot.add(file, named: name)
    return snapshot.objects.facts.nodes.map(\.name)
  }

  static let encodings: [[UInt8]] = [
    Array(node.utf8), [0xEF, 0xBB, 0xBF] + Array(node.utf8), utf16(node), utf16(node, isLittleEndian: false),
    utf16(node, hasMark: false), utf16(node, isLittleEndian: false, hasMark: false),
    utf16(node.replacing("\n", with: "\r\n")),
  ]

  @Test(arguments: encodings) func `UTF-8 with a byte order mark and UTF-16 are read`(_ file: [UInt8]) throws {
    #expect(try nodes(file) == ["ä"])
  }

  @Test func `every document may begin with a byte order mark`() throws {
    let second = Self.node.replacing("ä", with: "b")
    let file = "\u{FEFF}\(Self.node)---\n\u{FEFF}\(second)"
    #expect(try nodes(Array(file.utf8)) == ["b", "ä"])
    #expect(try nodes(Self.utf16(Self.node + "---\n\u{FEFF}" + second)) == ["b", "ä"])
  }

  private static let list = #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"NAME"}}"#
  private static func node(_ name: String) -> String { list.replacing("NAME", with: name) }

  @Test(arguments: [
    (node("a") + "\n" + node("b"), "cluster.json"), (node("a") + node("b"), "cluster.yaml"),
    (node("a") + "\n---\n" + node("b"), "cluster.json"), ("[\(node("a")), \(node("b"))]", "cluster.json"),
    ("- \(node("a"))\n- \(node("b"))\n", "cluster.yml"), (node("a") + "\n---\n" + node("b"), "CLUSTER.JSON"),
    ("{kind: List, apiVersion: v1, items: [\(node("a")), \(node("b"))]}", "cluster.yaml"),
  ]) func `the outputs of several calls of kubectl in one file are read`(_ text: String, _ name: String) throws {
    #expect(try nodes(Array(text.utf8), name) == ["a", "b"])
  }

  @Test(arguments: ["[1]", "[\(node("a")), \"b\"]", "- text\n"])
  func `a list with a text in place of an object is no cluster`(_ text: String) {
    #expect(throws: SnapshotError.self) { try nodes(Array(text.utf8)) }
  }

  @Test func `merge keys are followed, and a key that stands in the mapping itself counts`() throws {
    let text = """
      kind: List
      apiVersion: v1
      items:
      - &a {apiVersion: v1, kind: Node, metadata: &m {name: a, namespace: ''}}
      - <<: *a
        metadata: {<<: *m, name: b}
      - <<: [{metadata: {name: c}}, *a]
      """
    #expect(try nodes(Array(text.utf8)) == ["a", "b", "c"])
  }

  @Test(arguments: ["a: &x 5\nb: {<<: *x}\n", "b: {<<: [text]}\n"])
  func `a merge key with a text is refused`(_ text: String) {
    let error = #expect(throws: SnapshotError.self) { try nodes(Array(text.utf8)) }
    #expect(error?.description == "the merge key << must have a mapping, or a list of mappings")
  }

  @Test(arguments: [("zip", [0x50, 0x4B, 0x03, 0x04, 0]), ("gzip", [0x1F, 0x8B, 8])] as [(String, [UInt8])])
  func `an archive is called so`(_ name: String, _ file: [UInt8]) {
    let error = #expect(throws: SnapshotError.self) { try nodes(file) }
    #expect(error?.description == "must be a manifest, but is a \(name) archive; unpack it first")
  }

  @Test(arguments: [
    ("a.yaml", true), ("a.YAML", true), ("b.Json", true), ("c.yml", true), (".a.yaml", false), ("a.yaml.bak", false),
    ("a.log", false), ("a.zip", false),
  ]) func `of a folder the manifests are taken`(_ name: String, _ isTaken: Bool) {
    #expect(Snapshot.accepts(fileNamed: name) == isTaken)
  }

  @Test(arguments: [
    (
      #"{"metadata":{"continue":"null"},"v":"{\"network\":\"null\",\"a\":1}"}"#,
      #"{"metadata":{"continue":""},"v":"{\"network\":null,\"a\":1}"}"#
    ),
    (
      #"{"metadata":{},"v":"{\"network\":\"null\",\"a\":1}"}"#, #"{"metadata":{},"v":"{\"network\":\"null\",\"a\":1}"}"#
    ),
  ]) func `a null in the value of a setting is one again, in a bundle alone`(_ written: String, _ meant: String) {
    #expect(SupportBundle.restoringEmptyTexts(in: Array(written.utf8)) == Array(meant.utf8))
  }

  @Test func `JSON may begin with a byte order mark, and one within a string is kept`() throws {
    let json = #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}"#
    #expect(try nodes(Array("\u{FEFF}\(json)".utf8), "cluster.json") == ["a"])
    #expect(try nodes(Self.utf16(json), "cluster.json") == ["a"])
    let marked = json.replacing(#""a""#, with: "\"a\u{FEFF}\"")
    #expect(try nodes(Array("\u{FEFF}\(marked)".utf8), "c.json") == ["a\u{FEFF}"])
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61], [0xFF, 0xFE, 0x00, 0xD8]] as [[UInt8]])
  func `invalid UTF-16 is reported as such`(_ file: [UInt8]) {
    let error = #expect(throws: SnapshotError.self) { try nodes(file) }
    #expect(error?.description == "this is not valid UTF-16; save the file as UTF-8")
  }

  @Test(arguments: [
    (#"{"value":"null"}"#, #"{"value":""}"#), (#"{"a":["null", "null"]}"#, #"{"a":["", ""]}"#),
    (#"{"null":1}"#, #"{"null":1}"#), (#"{"null" : "null"}"#, #"{"null" : ""}"#), (#"{"a":null}"#, #"{"a":null}"#),
    (#"{"a":"x \"null\""}"#, #"{"a":"x \"null\""}"#), (#"{"a":"\\","b":"null"}"#, #"{"a":"\\","b":""}"#),
    (#"{"a":"nulls"}"#, #"{"a":"nulls"}"#), (#"{"a":"null"#, #"{"a":"null"#), (#""null""#, #""""#),
  ]) func `a support bundle's "null" texts are restored to empty ones`(_ written: String, _ meant: String) {
    #expect(SupportBundle.restoringEmptyTexts(in: Array(written.utf8)) == Array(meant.utf8))
  }

  @Test func `the setting of a support bundle has an empty value`() throws {
    var snapshot = Snapshot()
    try snapshot.add(
      Array(
        """
        apiVersion: v1
        kind: List
        metadata: {continue: "null", resourceVersion: "null"}
        items:
        - apiVersion: harvesterhci.io/v1beta1
          kind: Setting
          metadata: {name: storage-network}
          value: "null"
          default: "null"
        - apiVersion: longhorn.io/v1beta2
          kind: Setting
          metadata: {name: storage-network, namespace: longhorn-system}
          value: "null"
        """.utf8), named: "settings.yaml")
    let facts = snapshot.objects.facts
    #expect(facts.storageNetwork?.value == .text([]))
    #expect(facts.storageNetwork?.default == .text([]))
    #expect(facts.longhorn.network == "")
  }
}
