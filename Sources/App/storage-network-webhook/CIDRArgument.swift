internal import Addressing
internal import ArgumentParser
internal import Rules

/// A network on the command line. Host bits are an error, as everywhere.
struct CIDRArgument {
  let prefix: IPv4Prefix

  init(option text: String) throws {
    let cidr: CIDR
    do throws(AddressError) {
      cidr = try CIDR(text)
    } catch {
      throw ValidationError(error.explanation())
    }
    if cidr.hasHostBits { throw ValidationError("must not have host bits; write \(cidr.network)") }
    prefix = cidr.network
  }
}
