internal import KubeObjects
internal import Rules

/// The preview as text, in the order in which things happen.
extension ChangePreview: Report {
  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun("What will happen", .bold))
    guard hasEffect else {
      styledText.add("  Nothing: Harvester sees no change.")
      return styledText
    }
    addDefinition(to: &styledText)
    addAddresses(to: &styledText)
    addWorkloads(to: &styledText)
    addPods(to: &styledText)
    addMachines(to: &styledText)
    return styledText
  }

  private func addDefinition(to styledText: inout StyledText) {
    if let definition {
      styledText.add("  Harvester creates the NetworkAttachmentDefinition harvester-system/storagenetwork-…:")
      styledText.add("      \(definition.configuration)", hangingIndent: 6)
    } else {
      styledText.add("  The storage network is disabled: Longhorn uses the cluster's own network.", hangingIndent: 4)
    }
    if let replacedDefinition {
      styledText.add("  Harvester deletes the definition \(replacedDefinition) afterwards.", hangingIndent: 4)
    }
  }

  private func addAddresses(to styledText: inout StyledText) {
    guard let addresses else { return }
    let kept = addresses.kept == 0 ? "" : ", of which \(addresses.kept) are kept for \(addresses.holders)"
    styledText.add(
      """
        \(addresses.needed.counted("address")) of \(addresses.usable) usable ones\(kept) are needed; \
      \(max(0, addresses.left)) are left.
      """, hangingIndent: 4)
  }

  private func addWorkloads(to styledText: inout StyledText) {
    guard !workloads.isEmpty else {
      styledText.add("  Harvester has no workload of its own to stop.")
      return
    }
    styledText.add("  Harvester stops, and starts again:")
    for workload in workloads {
      styledText.add(
        "      \(workload.kind) \(workload.namespace)/\(workload.name) (\(workload.desiredReplicas.counted("replica")))",
        hangingIndent: 6)
    }
  }

  private func addPods(to styledText: inout StyledText) {
    guard !pods.isEmpty else { return }
    styledText.add("  Longhorn restarts \(pods.reduce(0) { $0 + $1.pods.count }.counted("pod")):")
    for node in pods {
      let place = node.node.isEmpty ? "on no node yet" : "on \(node.node)"
      styledText.add("      \(place): \(node.pods.englishList)", hangingIndent: 8)
    }
  }

  private func addMachines(to styledText: inout StyledText) {
    guard !machines.isEmpty else {
      styledText.add("  No virtual machine runs.")
      return
    }
    let namespaces = Dictionary(grouping: machines, by: \.namespace).sorted { $0.key < $1.key }
    let noun = machines.count.counted("virtual machine")
    styledText.add("  \(noun) must be stopped, in \(namespaces.count.counted("namespace")):")
    for (namespace, machines) in namespaces {
      let names = machines.map { "\($0.name) (\($0.statusText))" }
      styledText.add("      \(namespace): \(names.englishList)", hangingIndent: 8)
    }
  }
}
