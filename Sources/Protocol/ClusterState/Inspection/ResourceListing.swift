internal import JSON

/// Lists the objects of one resource once, page by page.
///
/// Pure, as ``WatchMachine`` is, and much simpler: what goes wrong ends it, because a person waits and can ask again.
package struct ResourceListing: ~Copyable {
  package enum Outcome: Equatable, Sendable {
    /// The next page.
    case request(APIRequest)
    /// Every object has been handed over, or there is no such resource in this cluster.
    case done
    case failed(String)
  }

  private let part: InspectedCluster.Part
  private var splitter = ListSplitter()
  /// Of an answer that is no list.
  private var refusal: (code: Int, text: [UInt8])?
  private var failure: String?

  package init(_ part: InspectedCluster.Part) {
    self.part = part
  }

  package var firstRequest: APIRequest { .list(part.resource, continuing: "") }

  package mutating func responded(_ code: Int) {
    refusal = code == 200 ? nil : (code, [])
  }

  /// A piece of the answer has come; what is whole in it is taken at once.
  package mutating func received(_ bytes: Span<UInt8>, into cluster: inout InspectedCluster) {
    if refusal != nil {
      if (refusal?.text.count ?? 0) < WatchLimits.reason { refusal?.text.append(copying: bytes) }
      return
    }
    do throws(StreamFailure) {
      try splitter.receive(bytes) { item throws(StreamFailure) in
        do throws(JSONError) {
          try cluster.put(item, of: part, at: ObjectHead(of: item).name)
        } catch {
          throw .malformed(error)
        }
      }
    } catch {
      failure = error.explanation
    }
  }

  /// The answer has come whole.
  package mutating func ended() -> Outcome {
    if let failure { return failed(failure) }
    if let refusal { return explain(refusal) }
    guard let list = try? ObjectHead(of: splitter.envelope.span), !list.resourceVersion.isEmpty else {
      return failed("the API server sent half a list")
    }
    splitter = ListSplitter()
    return list.continuation.isEmpty ? .done : .request(.list(part.resource, continuing: list.continuation))
  }

  private func explain(_ refusal: (code: Int, text: [UInt8])) -> Outcome {
    let message = (try? ObjectHead(of: refusal.text.span))?.message ?? ""
    switch refusal.code {
    case 404: return .done
    case 401: return failed("the API server does not accept the credentials (401)")
    case 403: return failed("the API server answered 403: \(message); whoever asks needs the right to list them")
    default: return failed("the API server answered \(refusal.code)\(message.isEmpty ? "" : ": \(message)")")
    }
  }

  private func failed(_ reason: String) -> Outcome {
    let resource = part.resource
    let place = resource.namespace.map { " of \($0)" } ?? ""
    return .failed("\(resource.name)\(place) cannot be listed: \(reason)")
  }
}
