/// The program's version.
///
/// `--version`, the metric `storage_network_webhook_build_info`, the image's label (`make image` reads this file) and
/// the newest entry of CHANGELOG.md use it; a test compares them.
package enum Version {
  package static let current = "0.2.0"
}
