internal import ClusterState
internal import JSON
internal import KubeObjects
internal import Reports
internal import Rules

// What must hold before anything is removed.
extension ReclaimExecutor {
  func requireStandstill(_ plan: ReclaimPlan) throws(ChangeStop) {
    if let refusal = plan.refusal { throw .refused(refusal.reason, advice: refusal.advice) }
    if plan.endsExhaustion { return }
    let response = try send(APIRequest(path: ChangeRecord.path))
    if response.status == 404 { return }
    let record = "the ConfigMap \(ChangeRecord.namespace)/\(ChangeRecord.name)"
    guard response.isSuccess else {
      throw .refused("whether a change is recorded is not known: \(response.message)", advice: "allow get of \(record)")
    }
    let holder = response.value.flatMap(ChangeRecord.init(configMap:))?.holder ?? ""
    throw .refused(
      "a change is recorded in \(record)" + (holder.isEmpty ? "" : " by \(holder)"),
      advice: "end it first: \(command("apply", "--resume"))", "or: \(command("apply", "--revert"))")
  }

  func requireAccess(for writes: [ReclaimWrite]) throws(ChangeStop) {
    var reviews = [AccessReview(verb: "get", resource: "pods", namespace: LonghornPod.namespace)]
    for write in writes {
      for verb in ["get", write.request.method.lowercased()] {
        let review = AccessReview(
          verb: verb, group: ReclaimWrite.group, resource: write.resource, namespace: write.object.namespace)
        if !reviews.contains(review) { reviews.append(review) }
      }
    }
    try reviews.denied(send).requireNone()
  }
}

// Requests.
extension ReclaimExecutor {
  /// - Throws: There is no answer, or one that another attempt may change: nothing more is removed.
  func send(_ request: APIRequest) throws(ChangeStop) -> APIResponse {
    let response: APIResponse
    do throws(Unanswered) {
      response = try cluster.exchange(request)
    } catch {
      throw .unavailable(error.description, advice: [Self.again])
    }
    if response.isTemporary { throw .unavailable(response.message, advice: [Self.again]) }
    return response
  }

  private static let again = "run it again; what was removed stays removed"

  /// Lists Longhorn's pods as they are now.
  func listPods() throws(ChangeStop) -> [InspectedPod] {
    var list = PagedList(.inspected(.longhornPod), mayBeCached: false)
    var snapshot = VerifySnapshot()
    var request = list.firstRequest
    while true {
      let response = try send(request)
      list.responded(response.status)
      list.received(response.body.span, into: &snapshot)
      switch list.ended() {
      case .request(let next): request = next
      case .done: return snapshot.extraFacts.pods
      case .failed(let reason):
        throw .unavailable(
          "\(reason); without them every address would seem to be of a pod that is gone", advice: [Self.again])
      }
    }
  }

  static var podsPath: String { "/api/v1/namespaces/\(LonghornPod.namespace)/pods" }
}
