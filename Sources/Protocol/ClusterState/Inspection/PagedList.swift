internal import JSON

/// Lists the objects of one resource once, page by page.
///
/// Performs no I/O, as ``Reflector``. It never retries: any error ends the list, and the caller can run it again.
package struct PagedList {
  package enum Outcome: Equatable, Sendable {
    /// The next page.
    case request(APIRequest)
    /// All objects are stored, or the cluster lacks the resource and may lack it.
    case done
    case failed(String)
  }

  private let part: VerifySnapshot.Part
  private let mayBeCached: Bool
  private var decoder = ListItemDecoder()
  /// The status and body of a response that is no list.
  private var response: (code: Int, text: [UInt8])?
  private var failure: String?
  /// The version of the complete list, to watch from; empty where the cluster lacks the resource.
  package private(set) var version = ""

  /// - Parameter mayBeCached: Whether the API server may answer from its cache, as for a watch that follows.
  package init(_ part: VerifySnapshot.Part, mayBeCached: Bool = true) {
    self.part = part
    self.mayBeCached = mayBeCached
  }

  package var firstRequest: APIRequest { .list(part.resource, continuing: "", mayBeCached: mayBeCached) }

  package mutating func responded(_ code: Int) {
    response = code == 200 ? nil : (code, [])
  }

  /// Stores the list items that are complete with this part of the response.
  package mutating func received(_ bytes: Span<UInt8>, into cluster: inout VerifySnapshot) {
    if response != nil {
      if (response?.text.count ?? 0) < WatchLimits.errorResponseBytes { response?.text.append(copying: bytes) }
      return
    }
    do throws(StreamFailure) {
      try decoder.receive(bytes) { item, _ throws(StreamFailure) in
        do throws(JSONError) {
          try cluster.put(item, of: part, at: ObjectMeta(of: item).name)
        } catch {
          throw .malformed(error)
        }
      }
    } catch {
      failure = error.explanation
    }
  }

  /// Finishes the page, at the end of the response.
  package mutating func ended() -> Outcome {
    if let failure { return failed(failure) }
    if let response { return explain(response) }
    guard let list = try? ObjectMeta(of: decoder.envelope.span), !list.resourceVersion.isEmpty else {
      return failed("the list response is incomplete: it has no metadata.resourceVersion")
    }
    decoder = ListItemDecoder()
    version = list.resourceVersion
    return list.continueToken.isEmpty ? .done : .request(.list(part.resource, continuing: list.continueToken))
  }

  private func explain(_ response: (code: Int, text: [UInt8])) -> Outcome {
    let message = (try? ObjectMeta(of: response.text.span))?.message ?? ""
    switch response.code {
    case 404 where part.isOptional: return .done
    case 404: return failed("the API server answered 404; is the path of its URL right, and has it started?")
    case 401: return failed("the API server does not accept the credentials (401)")
    case 403: return failed("the API server answered 403: \(message); the account must be allowed to list them")
    default: return failed("the API server answered \(response.code)\(message.isEmpty ? "" : ": \(message)")")
    }
  }

  private func failed(_ reason: String) -> Outcome {
    let resource = part.resource
    let place = resource.namespace.map { " of \($0)" } ?? ""
    return .failed("\(resource.name)\(place) cannot be listed: \(reason)")
  }
}
