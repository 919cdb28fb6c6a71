internal import Reports

/// What the API server shows of a recorded machine.
enum MachineSight {
  case present(MachineState)
  case gone
  /// Another machine has the name now.
  case replaced(MachineState)
  case unreadable(String)
}

extension ChangeExecutor {
  func look(at machine: Machine) throws(ChangeStop) -> MachineSight {
    let response = try connection.send(aboutMachine: MachineRequest(machine).read)
    if response.status == 404 { return .gone }
    guard response.isSuccess, let state = response.value.flatMap(MachineState.init(object:)) else {
      return .unreadable(response.message)
    }
    return state.machine.uid == machine.uid ? .present(state) : .replaced(state)
  }
}
