internal import ClusterState
internal import JSON
internal import KubeObjects
internal import Reports
internal import Rules

// One entry or object.
extension ReclaimExecutor {
  enum Removal {
    case removed(ReclaimWrite)
    case gone
    case kept(String)
  }

  private static let maxAttempts = 5

  func remove(_ write: ReclaimWrite) throws(ChangeStop) -> Removal {
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
        if let reservation = current.reservation, try obstacle(reservation) != nil { report(.podReturned(current)) }
        return .removed(current)
      case 404: return .gone
      // A precondition, or a test of a JSON patch, does not hold.
      case 409, 422: report(.conflict(current))
      default: return .kept(response.message)
      }
    }
    return .kept("it changes faster than it can be removed")
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
      guard allocations.contains(allocation) else { return .changed("it is of \(allocation.reservation.pod) now") }
      if let obstacle = try obstacle(allocation.reservation) { return .changed(obstacle) }
    }
    return .same(.release(stored, of: pool))
  }

  private func look(at known: InspectedReservation, now: InspectedReservation?) throws(ChangeStop) -> Look {
    guard let now else { return .changed(Self.unreadable) }
    guard now.object.uid == known.object.uid, now.reservation == known.reservation else {
      return .changed("it is of \(now.reservation.pod) now")
    }
    if let obstacle = try obstacle(now.reservation) { return .changed(obstacle) }
    return .same(.deleteReservation(now))
  }

  private static let unreadable = "it cannot be read"

  /// Why the pod may use the address; nil if it is certain that it does not.
  private func obstacle(_ reservation: AddressPoolFact.Reservation) throws(ChangeStop) -> String? {
    let response = try send(APIRequest(path: "\(Self.podsPath)/\(reservation.podName)"))
    if response.status == 404 { return nil }
    var object = VerifySnapshot()
    guard response.isSuccess, (try? object.add(response.body.span)) != nil, let pod = object.extraFacts.pods.first
    else {
      return "whether \(reservation.pod) exists is not known: \(response.message)"
    }
    if ReservationHolders([pod.heldAddresses]).haveLeaked(reservation) { return nil }
    return pod.interfaces.isEmpty
      ? "\(reservation.pod) exists again and has no address yet" : "\(reservation.pod) has this address"
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
