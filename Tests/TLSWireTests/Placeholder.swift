import Testing

@Suite struct TLSWirePlaceholderTests {}
