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
    var missing: [String] = []
    for review in reviews {
      let response = try send(review.request)
      guard response.isSuccess else { throw .refused(response.reasons, advice: []) }
      if case .bool(true)? = response.value?["status"]?["allowed"] { continue }
      missing.append("not permitted: \(review.described)")
    }
    if !missing.isEmpty { throw .refused(missing, advice: []) }
  }
}

// Requests.
extension ReclaimExecutor {
  /// - Throws: There is no answer, or one that another attempt may change: nothing more is removed.
  func send(_ request: APIRequest) throws(ChangeStop) -> APIResponse {
    let advice = "run it again; what was removed stays removed"
    let response: APIResponse
    do throws(Unanswered) {
      response = try cluster.exchange(request)
    } catch {
      throw .unavailable(error.description, advice: [advice])
    }
    if response.isTemporary { throw .unavailable(response.message, advice: [advice]) }
    return response
  }

  /// Lists Longhorn's pods as they are now: without a version, the API server does not answer from its cache.
  ///
  /// <https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions>
  func listPods() throws(ChangeStop) -> [InspectedPod] {
    var pods = VerifySnapshot()
    var continuation = ""
    repeat {
      let response = try send(APIRequest(path: "\(Self.podsPath)?limit=500\(continuation)"))
      guard response.isSuccess, let list = response.value, case .array? = list["items"] else {
        throw .refused(
          "the pods of \(LonghornPod.namespace) cannot be listed, so that every address would seem to be of a pod that is "
            + "gone: \(response.message)")
      }
      do throws(JSONError) {
        try pods.add(response.body.span)
      } catch {
        throw .unavailable("the list of pods cannot be read: \(error)")
      }
      let token = list["metadata"]?["continue"]?.string ?? ""
      continuation = token.isEmpty ? "" : "&continue=\(token)"
    } while !continuation.isEmpty
    return pods.extraFacts.pods
  }

  static var podsPath: String { "/api/v1/namespaces/\(LonghornPod.namespace)/pods" }
}
