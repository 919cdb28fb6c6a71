internal import ArgumentParser
internal import Rules

/// The options of the rules, for every command that evaluates them.
struct RuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Network that the range must not overlap, in addition to the built-in ones. Repeatable.", valueName: "cidr"),
    transform: Self.reserved)
  var reservedRange: [ReservedRange] = []

  @Option(
    help: ArgumentHelp(
      "Formula for the number of addresses; auto reads the setting server-version.", valueName: "auto|v1.2|v1.3"))
  var sizing = SizingChoice.automatic

  private static func reserved(_ text: String) throws -> ReservedRange {
    ReservedRange(byOption: try CIDRArgument(option: text).prefix)
  }

  var ruleset: RulesetOptions { RulesetOptions(reservedRanges: reservedRange, sizing: sizing) }
}

extension SizingChoice: ExpressibleByArgument {
  package init?(argument: String) {
    switch argument {
    case "auto": self = .automatic
    case "v1.2": self = .always(.v1_2)
    case "v1.3": self = .always(.v1_3)
    default: return nil
    }
  }

  package var defaultValueDescription: String { "auto" }
}
