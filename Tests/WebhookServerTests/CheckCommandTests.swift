import Foundation
import TestSupport
import Testing

@Suite struct `check command` {
  static let cluster = Repository.path("manifests/example/cluster.yaml")
  static let good = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#

  func check(_ arguments: String..., input: String = "") throws -> Program.Run {
    try Program.run(
      Repository.executable, ["check", "--cluster-snapshot", Self.cluster] + arguments, input: input)
  }

  @Test func `check exits with 0 for an allowed change`() throws {
    let run = try check("--value", Self.good)
    #expect(run.exitCode == 0)
    #expect(
      run.output.hasSuffix(
        """

        allowed
          SHA-1      176f5586f518f9b795ac530933b7588b17613c06
          Harvester  sees a change: it has not recorded a value yet

        """))
    #expect(!run.output.contains("✗"))
    #expect(run.errors == "")
  }

  @Test func `check prints the text that would be stored`() throws {
    let run = try check(
      "--value", #"{"range":"192.168.0.0/24", "clusterNetwork":"storage", "vlan":100, "exclude":null}"#)
    #expect(run.output.contains("\nallowed\n  stored as  \(Self.good)\n"))
    #expect(try check("--value", " ").output.contains("\nallowed\n  stored as  the empty text\n"))
  }

  @Test func `check exits with 1 for a denied change and prints each reason under its rule`() throws {
    let run = try check("--value", #"{"vlan":4095,"clusterNetwork":"storage","range":"10.52.0.0/24"}"#)
    #expect(run.exitCode == 1)
    #expect(
      run.output.contains(
        """
          ✗ The VLAN is 0 to 4094, on mgmt 2 to 4094.
              value.vlan: Invalid value: 4095: must be between 1 and 4094, or 0 for untagged

        """))
    #expect(
      run.output.contains(
        """
          ✗ The range overlaps no pod network, no service network and no reserved one.
              value.range: Invalid value: "10.52.0.0/24": must not overlap 10.52.0.0/16, which is reserved for the pods \
        of Harvester; choose another range, for example 192.168.0.0/24

        """))
    #expect(run.output.contains("\ndenied: 2 rules are broken\n"))
  }

  @Test func `check prints the same as JSON`() throws {
    let run = try check("--value", #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/8"}"#, "-o", "json")
    #expect(run.exitCode == 1)
    struct Report: Decodable {
      struct Violation: Decodable {
        let rule: String
        let field: String
        let message: String
      }
      let allowed: Bool
      let violations: [Violation]
      let warnings: [String]
      let storedAs: String?
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    #expect(!report.allowed)
    #expect(report.violations.map(\.rule) == ["RangeIsValidCIDR"])
    #expect(report.violations.map(\.field) == ["value.range"])
    #expect(report.storedAs == nil)
    let allowed = try check("--value", Self.good, "--output", "json")
    #expect(allowed.output.hasPrefix(#"{"allowed":true,"violations":[],"warnings":[],"storedAs":null,"sha1":""#))
    #expect(allowed.output.hasSuffix("}\n"))
  }

  @Test(arguments: ["-", "file"]) func `check reads a manifest from a file or standard input`(_ source: String) throws {
    let manifest = """
      apiVersion: harvesterhci.io/v1beta1
      kind: Setting
      metadata: {name: storage-network}
      value: '{"vlan":1,"clusterNetwork":"mgmt","range":"192.168.0.0/24"}'
      """
    let folder = try TemporaryFolder()
    try folder.write(manifest, to: "setting.yaml")
    let run = try check("-f", source == "-" ? "-" : folder.path("setting.yaml"), input: source == "-" ? manifest : "")
    #expect(run.exitCode == 1)
    #expect(run.output.contains("value.vlan: Invalid value: 1: "))
  }

  static let listed = """
    apiVersion: v1
    kind: List
    items:
    - apiVersion: harvesterhci.io/v1beta1
      kind: Setting
      metadata: {name: server-version}
      value: v1.6.1
    - apiVersion: harvesterhci.io/v1beta1
      kind: Setting
      metadata: {name: storage-network}
      value: '{"vlan":1,"clusterNetwork":"mgmt","range":"192.168.0.0/24"}'
    """

  static let typedList = #"""
    {"apiVersion":"harvesterhci.io/v1beta1","kind":"SettingList","metadata":{},"items":[{"metadata":{"name":"x"}},
    {"metadata":{"name":"storage-network"},"value":"{\"vlan\":1,\"clusterNetwork\":\"mgmt\",\"range\":\"192.168.0.0/24\"}"}]}
    """#

  @Test(arguments: [listed, typedList]) func `check finds the setting in a list`(_ list: String) throws {
    let run = try check("-f", "-", input: list)
    #expect(run.exitCode == 1)
    #expect(run.output.contains("value.vlan: Invalid value: 1: "))
  }

  @Test(arguments: [false, true]) func `check reads UTF-16 and byte order marks as PowerShell writes them`(
    _ isWide: Bool
  )
    throws
  {
    let folder = try TemporaryFolder()
    let text = "\u{FEFF}\(Self.listed)"
    let bytes = isWide ? text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } : Array(text.utf8)
    try Data(bytes).write(to: folder.url.appending(path: "setting.yaml"))
    #expect(try check("-f", folder.path("setting.yaml")).output.contains("value.vlan: Invalid value: 1: "))
  }

  @Test(arguments: [("update-set-value", 0), ("update-dry-run-reserved-range", 1), ("delete", 1), ("create-empty", 0)])
  func `check reads an AdmissionReview`(_ review: String, _ exitCode: Int32) throws {
    #expect(try check("-f", Repository.path("manifests/example/reviews/\(review).json")).exitCode == exitCode)
  }

  /// A cluster with an enabled storage network, and manifests with Harvester's annotations.
  static let manifests: [(annotations: String, exitCode: Int32, effect: String)] = [
    ("", 0, "sees no change"),
    ("hash: 176f5586f518f9b795ac530933b7588b17613c06", 0, "sees no change"),
    ("hash: ''", 1, "sees a change: the recorded hash is missing"),
    ("hash: other", 1, "sees a change: the last recorded hash is other"),
    ("net-attach-def: harvester-system/other", 1, "sees a change: the annotations differ from those that it wrote"),
  ]

  @Test(arguments: manifests) func `changed annotations of Harvester are a change`(
    _ row: (annotations: String, exitCode: Int32, effect: String)
  ) throws {
    let prefix = "storage-network.settings.harvesterhci.io"
    func setting(_ annotations: [String]) -> String {
      """
      apiVersion: harvesterhci.io/v1beta1
      kind: Setting
      metadata:
        name: storage-network
        annotations: {\(annotations.map { "\(prefix)/\($0)" }.joined(separator: ", "))}
      value: '\(Self.good)'

      """
    }
    let stored = setting([
      "hash: 176f5586f518f9b795ac530933b7588b17613c06", "net-attach-def: harvester-system/storagenetwork-a",
    ])
    let definition = """
      apiVersion: k8s.cni.cncf.io/v1
      kind: NetworkAttachmentDefinition
      metadata: {name: storagenetwork-a, namespace: harvester-system}
      spec:
        config: '{"type":"bridge","bridge":"storage-br","vlan":100,"ipam":{"type":"whereabouts","range":"192.168.0.0/24"}}'
      """
    let folder = try TemporaryFolder()
    try folder.write(
      "\(try Repository.text("manifests/example/cluster.yaml"))\n---\n\(stored)---\n\(definition)\n", to: "cluster.yaml"
    )
    try folder.write(setting(row.annotations.isEmpty ? [] : [row.annotations]), to: "setting.yaml")
    let run = try Program.run(
      Repository.executable,
      ["check", "--cluster-snapshot", folder.path("cluster.yaml"), "-f", folder.path("setting.yaml")])
    #expect(run.exitCode == row.exitCode, "\(run.output) \(run.errors)")
    #expect(run.output.contains("  Harvester  \(row.effect)\n"), "\(run.output)")
  }

  /// As `kubectl apply` leaves it; an empty value switches off, which needs volumes and machines at rest.
  @Test(arguments: [("", "no change"), ("value: ''\n", "a change")])
  func `a manifest without a value keeps the stored one`(_ line: String, _ effect: String) throws {
    let name = "apiVersion: harvesterhci.io/v1beta1\nkind: Setting\nmetadata: {name: storage-network}\n"
    let folder = try TemporaryFolder()
    try folder.write(
      "\(try Repository.text("manifests/example/cluster.yaml"))\n---\n\(name)value: '\(Self.good)'\n",
      to: "cluster.yaml")
    try folder.write("\(name)\(line)", to: "setting.yaml")
    let run = try Program.run(
      Repository.executable,
      ["check", "--cluster-snapshot", folder.path("cluster.yaml"), "-f", folder.path("setting.yaml"), "-o", "json"])
    #expect(run.output.contains(#""change":\#(effect == "a change")"#), "\(run.output) \(run.errors)")
  }

  @Test func `the options of the rules apply`() throws {
    #expect(try check("--value", Self.good, "--reserved-range", "192.168.0.0/16").exitCode == 1)
    #expect(try check("--value", Self.good, "--reserved-range", "192.169.0.0/16").exitCode == 0)
  }

  /// Inputs that cannot be evaluated, and parts of the error messages.
  static let table: [(arguments: [String], words: String)] = [
    ([], "one of -f FILE and --value JSON is required"),
    (["--value", "", "-f", "x"], "one of -f FILE and --value JSON is required"),
    (["-f", "/nowhere.yaml"], "/nowhere.yaml: No such file or directory"),
    (["-f", "/dev/null"], "must contain the Setting storage-network"),
    (["--value", "", "-o", "xml"], "xml"),
    (["--value", "", "--cluster-snapshot", "/nowhere"], "/nowhere: No such file or directory"),
  ]

  @Test(arguments: table) func `check exits with 2 on an error`(_ row: (arguments: [String], words: String)) throws {
    let run = try Program.run(
      Repository.executable,
      ["check"] + (row.arguments.contains("--cluster-snapshot") ? [] : ["--cluster-snapshot", Self.cluster])
        + row.arguments)
    #expect(run.exitCode == 2)
    #expect(run.output == "")
    #expect(run.errors.contains(row.words), "\(run.errors)")
  }

  @Test func `help exits with 0`() throws {
    let run = try Program.run(Repository.executable, ["--help"])
    #expect(run.exitCode == 0)
    for command in ["serve", "check"] { #expect(run.output.contains(command)) }
  }
}
