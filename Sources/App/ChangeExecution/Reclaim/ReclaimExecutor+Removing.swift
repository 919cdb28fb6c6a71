internal import ClusterState
internal import JSON
internal import KubeObjects
internal import Reports
internal import Rules

// One entry or object.
extension ReclaimExecutor {
  enum Removal {
    case removed
    /// It is removed, and a pod may have begun to use it in the same moment.
    case doubtful
    case gone
    case kept(String)
  }

  private static let maxAttempts = 5

  func remove(_ write: ReclaimWrite) throws(ChangeStop) -> Removal {
    var lastMessage = ""
    for _ in 0..<Self.maxAttempts {
      let current: ReclaimWrite
      switch try look(again: write) {
      case .same(let write): current = write
      case .gone: return .gone
      case .changed(let reason): return .kept(reason)
      }
      let response = try send(current.request)
      switch response.status {
      case 200..<300:
        report(.removed(current))
        guard let reservation = current.reservation else { return .removed }
        switch try user(of: reservation) {
        case .none: return .removed
        case .pod: report(.podReturned(current))
        case .unknown(let reason): report(.unconfirmed(current, reason: reason))
        }
        return .doubtful
      case 404: return .gone
      // A precondition, or a test of a JSON patch, does not hold; or a policy denies it.
      case 409, 422:
        lastMessage = response.message
        report(.conflict(current))
      default: return .kept(response.message)
      }
    }
    return .kept("not removed after \(Self.maxAttempts) attempts: \(lastMessage)")
  }

  private enum Look {
    /// It may be removed, in this version.
    case same(ReclaimWrite)
    case gone
    case changed(String)
  }

  /// Reads the object, and then the pod.
  private func look(again write: ReclaimWrite) throws(ChangeStop) -> Look {
    let response = try send(APIRequest(path: write.path))
    if response.status == 404 { return .gone }
    guard response.isSuccess, let value = response.value else { return .changed(response.message) }
    switch write {
    case .release(let allocations, _): return try look(at: allocations, in: InspectedAddressPool(value))
    case .deleteReservation(let known): return try look(at: known, now: InspectedReservation(value))
    case .deletePool:
      guard let pool = InspectedAddressPool(value) else { return .changed(Self.unreadable) }
      return pool.isEmpty ? .same(.deletePool(pool)) : .changed("it has entries")
    }
  }

  private func look(
    at allocations: [InspectedAddressPool.Allocation], in pool: InspectedAddressPool?
  ) throws(ChangeStop) -> Look {
    guard let pool else { return .changed(Self.unreadable) }
    let keys = allocations.map(\.key)
    let stored = pool.allocations.filter { keys.contains($0.key) }
    if stored.isEmpty { return .gone }
    for allocation in stored {
      let known = allocations.first { $0.key == allocation.key }
      guard allocation == known else {
        return .changed(Self.change(from: known?.reservation, to: allocation.reservation))
      }
      if let reason = try user(of: allocation.reservation).reason { return .changed(reason) }
    }
    return .same(.release(stored, of: pool))
  }

  private func look(at known: InspectedReservation, now: InspectedReservation?) throws(ChangeStop) -> Look {
    guard let now else { return .changed(Self.unreadable) }
    guard now.object.uid == known.object.uid, now.reservation == known.reservation else {
      return .changed(Self.change(from: known.reservation, to: now.reservation))
    }
    if let reason = try user(of: now.reservation).reason { return .changed(reason) }
    return .same(.deleteReservation(now))
  }

  private static let unreadable = "it cannot be read"

  private static func change(
    from before: AddressPoolFact.Reservation?, to now: AddressPoolFact.Reservation
  ) -> String {
    before?.pod == now.pod ? "it was made anew for \(now.pod)" : "it is of \(now.pod) now"
  }

  /// Whether the pod of a reservation may use its address.
  private enum User {
    /// It is certain that it does not.
    case none
    case pod(reason: String)
    case unknown(reason: String)

    var reason: String? {
      switch self {
      case .none: nil
      case .pod(let reason), .unknown(let reason): reason
      }
    }
  }

  private func user(of reservation: AddressPoolFact.Reservation) throws(ChangeStop) -> User {
    let response = try send(APIRequest(path: "\(Self.podsPath)/\(reservation.podName)"))
    if response.status == 404 { return .none }
    var object = VerifySnapshot()
    guard response.isSuccess, (try? object.add(response.body.span)) != nil, let pod = object.extraFacts.pods.first
    else {
      return .unknown(reason: "whether \(reservation.pod) exists is not known: \(response.message)")
    }
    if ReservationHolders([pod.provenAddresses]).haveLeaked(reservation) { return .none }
    if pod.interfaces.isEmpty { return .pod(reason: "\(reservation.pod) exists again and has no address yet") }
    return .pod(
      reason: pod.provenAddresses.addresses == nil
        ? "\(reservation.pod) is not ready, so that its address may change" : "\(reservation.pod) has this address")
  }
}

extension ReclaimWrite {
  /// What is removed for one pod; nil for a pool.
  fileprivate var reservation: AddressPoolFact.Reservation? {
    switch self {
    case .release(let allocations, _): allocations.first?.reservation
    case .deleteReservation(let reservation): reservation.reservation
    case .deletePool: nil
    }
  }
}
