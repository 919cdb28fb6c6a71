internal import JSON

/// Lists the objects of one resource once, page by page.
///
/// Pure, as ``Reflector`` is, and much simpler: what goes wrong ends it, because a person waits and can ask again.
package struct PagedList: ~Copyable {
  package enum Outcome: Equatable, Sendable {
    /// The next page.
    case request(APIRequest)
    /// Every object has been handed over, or there is no such resource in this cluster, which it may lack.
    case done
    case failed(String)
  }

  private let part: VerifySnapshot.Part
  private var decoder = ListItemDecoder()
  /// Of an answer that is no list.
  private var response: (code: Int, text: [UInt8])?
  private var failure: String?

  package init(_ part: VerifySnapshot.Part) {
    self.part = part
  }

  package var firstRequest: APIRequest { .list(part.resource, continuing: "") }

  package mutating func responded(_ code: Int) {
    response = code == 200 ? nil : (code, [])
  }

  /// A piece of the answer has come; what is whole in it is taken at once.
  package mutating func received(_ bytes: Span<UInt8>, into cluster: inout VerifySnapshot) {
    if response != nil {
      if (response?.text.count ?? 0) < WatchLimits.reason { response?.text.append(copying: bytes) }
      return
    }
    do throws(StreamFailure) {
      try decoder.receive(bytes) { item throws(StreamFailure) in
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

  /// The answer has come whole.
  package mutating func ended() -> Outcome {
    if let failure { return failed(failure) }
    if let response { return explain(response) }
    guard let list = try? ObjectMeta(of: decoder.envelope.span), !list.resourceVersion.isEmpty else {
      return failed("the API server sent half a list")
    }
    decoder = ListItemDecoder()
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
