import Foundation
import TestSupport
import Testing

@testable import KubeClient

@Suite struct `Credential plugins` {
  /// A plugin as a shell script; each run adds a line to the file `runs`.
  struct ShellPlugin {
    let folder: TemporaryFolder
    var plugin: CredentialPlugin

    init(_ script: String) throws {
      folder = try TemporaryFolder()
      try folder.write("#!/bin/sh\necho run >>'\(folder.path("runs"))'\n\(script)\n", to: "plugin")
      _ = try Program.run("chmod", ["+x", folder.path("plugin")])
      plugin = CredentialPlugin(
        command: folder.path("plugin"), apiVersion: "client.authentication.k8s.io/v1", origin: "config: exec")
    }

    /// A plugin that prints this status.
    init(status: String) throws {
      try self.init(
        #"printf %s '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":\#(status)}'"#)
    }

    var access: ClusterAccess {
      var access = ClusterAccess(server: "https://10.0.0.1", origin: "test")
      access.user.plugin = plugin
      return access
    }

    var runs: Int { get throws { try folder.read("runs").count { $0 == UInt8(ascii: "\n") } } }
  }

  @Test func `a token is reused until it is rejected`() throws {
    let shell = try ShellPlugin(status: #"{"token":"abc"}"#)
    let source = CredentialProvider(shell.access)
    #expect(try source.load().token == "abc")
    #expect(try source.load().token == "abc")
    #expect(try shell.runs == 1)
    source.renew(1)
    #expect(try source.load().token == "abc")
    #expect(try shell.runs == 2)
    // A request that began before is rejected after the renewal.
    source.renew(1)
    #expect(try source.load().token == "abc")
    #expect(try shell.runs == 2)
  }

  @Test(arguments: [("2001-01-01T00:00:00Z", 2), ("2099-12-31T23:59:59.5+01:00", 1)])
  func `an expired credential is renewed, a valid one is reused`(_ moment: String, _ runs: Int) throws {
    let shell = try ShellPlugin(status: #"{"token":"abc","expirationTimestamp":"\#(moment)"}"#)
    let source = CredentialProvider(shell.access)
    _ = try source.load()
    _ = try source.load()
    #expect(try shell.runs == runs)
  }

  @Test func `a plugin provides a certificate and its key`() throws {
    let shell = try ShellPlugin(status: #"{"clientCertificateData":"CERT\n","clientKeyData":"KEY\n"}"#)
    let credentials = try CredentialProvider(shell.access).load()
    #expect(credentials.certificate == Array("CERT\n".utf8))
    #expect(credentials.key == Array("KEY\n".utf8))
    #expect(credentials.token == nil)
  }

  @Test func `a plugin receives arguments, environment and, on request, the cluster`() throws {
    var shell = try ShellPlugin(
      """
      printf '%s' "$KUBERNETES_EXEC_INFO" >"$(dirname "$0")/info"
      echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'"$1-$2-$A-$HOME"'"}}'
      """)
    shell.plugin.arguments = ["x", "y z"]
    shell.plugin.environment = [.init(name: "A", value: "b"), .init(name: "HOME", value: "h")]
    shell.plugin.providesClusterInfo = true
    var access = shell.access
    access.caBundle = .bytes(Array("ca".utf8))
    access.serverName = "api"
    #expect(try CredentialProvider(access).load().token == "x-y z-b-h")
    #expect(
      String(decoding: try shell.folder.read("info"), as: UTF8.self)
        == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"#
        + #""certificate-authority-data":"Y2E=","server":"https://10.0.0.1","tls-server-name":"api"},"interactive":false}}"#
    )
  }

  @Test(arguments: [
    ("exit 3", "config: exec: PLUGIN failed (exit code 3)"),
    ("kill -9 $$", "config: exec: PLUGIN failed (signal 9)"),
    ("echo no", "config: exec: PLUGIN printed no ExecCredential with a status"),
    (
      #"echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"a"}}'"#,
      "config: exec: PLUGIN printed an ExecCredential of another apiVersion, not client.authentication.k8s.io/v1"
    ),
    (
      #"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":""}}'"#,
      "config: exec: PLUGIN provided neither a token nor a certificate with its key"
    ),
    (
      #"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"a","expirationTimestamp":"soon"}}'"#,
      "config: exec: PLUGIN printed an expirationTimestamp that is no time: soon"
    ),
  ]) func `an error of a plugin is reported`(_ script: String, _ message: String) throws {
    let shell = try ShellPlugin(script)
    let error = #expect(throws: KubeError.self) { try CredentialProvider(shell.access).load() }
    #expect(error?.description.replacingOccurrences(of: shell.plugin.command, with: "PLUGIN") == message)
  }

  @Test func `a missing plugin is reported with its install hint`() throws {
    var shell = try ShellPlugin("")
    shell.plugin.command = "no-such-plugin-anywhere"
    shell.plugin.installHint = "brew install it"
    let error = #expect(throws: KubeError.self) { try CredentialProvider(shell.access).load() }
    #expect(
      error?.description
        == "config: exec: no-such-plugin-anywhere cannot be run: No such file or directory (brew install it)")
  }
}
